// A search above the list of holders; without this file the whole list is there. Arrow keys go through the list.
(() => {
  const narrow = (box) => {
    const wanted = box.querySelector("[data-holders-search]").value.trim().toLowerCase();
    let shown = 0;
    for (const group of box.querySelectorAll("[data-holders-group]")) {
      const ones = [...group.querySelectorAll("[data-holders-one]")];
      for (const one of ones) one.hidden = !one.textContent.toLowerCase().includes(wanted);
      const left = ones.filter((one) => !one.hidden).length;
      group.hidden = !left;
      shown += left;
    }
    box.querySelector("[data-holders-none]").hidden = shown > 0;
  };

  const ready = (root) => {
    for (const box of root.querySelectorAll("[data-holders]")) {
      const field = box.querySelector("[data-holders-search]");
      if (box.querySelectorAll("[data-holders-one]").length > 6) field.hidden = false;
    }
  };

  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-holders-search]")) narrow(event.target.closest("[data-holders]"));
  });
  // Enter in the search takes the first that is left, and sends nothing.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("[data-holders-search]")) return;
    event.preventDefault();
    const first = event.target.closest("[data-holders]").querySelector("[data-holders-one]:not([hidden]) input");
    if (!first) return;
    first.checked = true;
    first.focus();
  });
  document.addEventListener("htmx:afterSwap", (event) => ready(event.target));
  ready(document);
})();
