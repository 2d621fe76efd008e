// A standard text that is chosen goes into the form's words, behind what is there. Without this file the texts stand
// folded above the form, to be copied.
(() => {
  const field = (form) => form.querySelector("textarea, input:not([type]), input[type=text]");

  const ready = (root) => {
    for (const box of root.querySelectorAll("[data-texts]")) box.hidden = !field(box.closest("form"));
  };

  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-texts-choice]") || !event.target.value) return;
    const into = field(event.target.form);
    const kept = into.value.trim();
    into.value = into.tagName === "TEXTAREA" && kept ? `${kept}\n${event.target.value}` : event.target.value;
    if (into.maxLength > 0) into.value = into.value.slice(0, into.maxLength);
    event.target.value = "";
    into.dispatchEvent(new Event("input", { bubbles: true }));
    into.focus();
  });
  document.addEventListener("htmx:afterSwap", (event) => ready(event.target));
  ready(document);
})();
