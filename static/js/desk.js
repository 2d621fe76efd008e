// The dispatcher's keys: j and k walk the list, Enter opens, 1 takes the proposal, / goes to the search.
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
