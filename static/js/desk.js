// The dispatcher's keys: j and k walk the list, Enter opens, 1 takes the proposal, / goes to the search. The row
// whose case stands beside the list is marked.
(() => {
  const walk = (step) => {
    const rows = [...document.querySelectorAll("[data-row]")];
    if (!rows.length) return;
    const focused = rows.indexOf(document.activeElement.closest("[data-row]"));
    const opened = rows.findIndex((row) => row.hasAttribute("aria-current"));
    const from = focused >= 0 ? focused : opened;
    const to = Math.min(Math.max(from + step, 0), rows.length - 1);
    rows[to].focus();
    rows[to].scrollIntoView({ block: "nearest" });
  };

  const keys = {
    j: () => walk(1),
    k: () => walk(-1),
    1: () => document.querySelector("[data-take-proposal]")?.click(),
    "/": () => document.querySelector("[data-search]")?.focus(),
  };

  document.addEventListener("htmx:afterSwap", (event) => {
    const row = event.detail.requestConfig?.elt.closest("[data-row]");
    if (!row || !event.target.matches("[data-side]")) return;
    for (const other of document.querySelectorAll("[data-row][aria-current]")) other.removeAttribute("aria-current");
    row.setAttribute("aria-current", "true");
    event.target.scrollTop = 0;
    // Where the list makes room for the case, reading goes on at the case's first line.
    if (!row.offsetParent) event.target.querySelector("a, h2")?.scrollIntoView({ block: "center" });
  });

  document.addEventListener("keydown", (event) => {
    const busy = event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat && event.key === "1";
    const typing = event.target.matches("input:not([type=checkbox], [type=radio]), textarea, select");
    if (busy || typing || document.querySelector("dialog[open]")) return;
    const act = keys[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  });
})();
