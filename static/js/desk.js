// The dispatcher's keys and the selection. j and k walk the list, Enter opens, n takes the next one, 1 takes the
// proposal, d r c e m open a turn and put the cursor into it, x and a select, / searches, ? lists the keys.
(() => {
  const find = (what) => document.querySelector(what);
  const all = (what) => [...document.querySelectorAll(what)];

  const rowHere = () => {
    const rows = all("[data-row]");
    const focused = document.activeElement.closest(".pick-row")?.querySelector("[data-row]");
    return rows.indexOf(focused ?? find("[data-row][aria-current]"));
  };

  const walk = (step) => {
    const rows = all("[data-row]");
    if (!rows.length) return;
    const to = Math.min(Math.max(rowHere() + step, 0), rows.length - 1);
    rows[to].focus();
    rows[to].scrollIntoView({ block: "nearest" });
  };

  // A turn's form: unfolded, with the cursor in its first field. One that is only a link yet is opened by it.
  const turn = (...names) => {
    for (const name of names) {
      const form = document.getElementById(`step-${name}`);
      if (form) {
        form.closest("details")?.setAttribute("open", "");
        const fields = [...form.querySelectorAll("input:not([type=hidden]), select, textarea, button")];
        const first = fields.find((field) => field.offsetParent && !field.matches("[data-texts-choice]"));
        const chosen = first?.type === "radio" && fields.find((field) => field.name === first.name && field.checked);
        (chosen || first)?.focus();
        form.scrollIntoView({ block: "nearest" });
        return;
      }
      const link = find(`[data-side] a[href$="#${name}"]`);
      if (link) return void link.click();
    }
  };

  const count = () => {
    const picked = all("[data-pick]:checked").length;
    for (const place of all("[data-picked]")) place.textContent = picked || "";
    const box = find("[data-pick-all] input");
    if (box) box.checked = picked > 0 && picked === all("[data-pick]").length;
  };

  const pick = (boxes, on) => {
    for (const box of boxes) box.checked = on ?? !box.checked;
    count();
  };

  const select = () => {
    const row = all("[data-row]")[rowHere()];
    if (row) pick([row.closest(".pick-row").querySelector("[data-pick]")]);
  };

  const keys = {
    j: () => walk(1),
    k: () => walk(-1),
    n: () => find("[data-next]")?.click(),
    1: () => find("[data-take-proposal]")?.click(),
    d: () => turn("dispatch", "transfer"),
    r: () => turn("rule_return"),
    c: () => turn("triage", "recategorise"),
    e: () => turn("reject"),
    m: () => turn("merge"),
    x: select,
    a: () => pick(all("[data-pick]"), all("[data-pick]").some((box) => !box.checked)),
    "/": () => find("[data-search]")?.focus(),
    "?": () => document.getElementById("keys")?.showModal(),
  };
  const once = ["1", "n"];

  const ready = () => {
    const box = find("[data-pick-all]");
    if (box) box.hidden = false;
    count();
  };

  document.addEventListener("change", (event) => {
    if (event.target.closest("[data-pick-all]")) pick(all("[data-pick]"), event.target.checked);
    else if (event.target.matches("[data-pick]")) count();
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    const row = event.detail.requestConfig?.elt.closest("[data-row]");
    if (!row || !event.target.matches("[data-side]")) return;
    for (const other of all("[data-row][aria-current]")) other.removeAttribute("aria-current");
    row.setAttribute("aria-current", "true");
    // "Next" goes on behind the case that stands open now.
    for (const here of all("[data-here]")) here.value = new URL(row.href).pathname + new URL(row.href).search;
    event.target.scrollTop = 0;
    // Where the list makes room for the case, reading goes on at the case's first line.
    if (!row.offsetParent) event.target.querySelector("a, h2")?.scrollIntoView({ block: "center" });
  });

  document.addEventListener("keydown", (event) => {
    const busy = event.ctrlKey || event.metaKey || event.altKey || event.isComposing;
    const typing = event.target.matches("input:not([type=checkbox], [type=radio]), textarea, select");
    if (busy || typing || find("dialog[open]")) return;
    const key = event.key.toLowerCase();
    if (!Object.hasOwn(keys, key) || (event.repeat && once.includes(key))) return;
    event.preventDefault();
    keys[key]();
  });

  ready();
  // A page that was opened for one turn begins in it; the browser goes to the turn's place first and takes the cursor.
  addEventListener("load", () => {
    if (/^#[a-z_]+$/.test(location.hash)) requestAnimationFrame(() => turn(location.hash.slice(1)));
  });
})();
