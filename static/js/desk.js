// The dispatcher's keys: j and k walk the list, Enter opens, 1 takes the proposal, / goes to the search.
(() => {
  const rows = () => [...document.querySelectorAll("[data-row]")];
  const typing = (target) => target.matches("input, textarea, select");

  const walk = (step) => {
    const all = rows();
    if (!all.length) return;
    const here = all.indexOf(document.activeElement.closest("[data-row]"));
    const chosen = here >= 0 ? here : all.findIndex((row) => row.hasAttribute("aria-current"));
    all[Math.min(Math.max(chosen + step, 0), all.length - 1)].focus();
  };

  document.addEventListener("keydown", (event) => {
    if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "j") walk(1);
    else if (event.key === "k") walk(-1);
    else if (event.key === "1") document.querySelector("[data-take-proposal]")?.click();
    else if (event.key === "/") {
      event.preventDefault();
      document.querySelector("[data-search]")?.focus();
    }
  });
})();
