// Forms: a double press sends once, unsaved words are warned about, a report's draft survives, and an
// error summary takes the focus. Every form works without this file.
(() => {
  const DRAFT_DAYS = 3;
  const say = (words) => {
    const place = document.getElementById("toasts");
    const toast = document.createElement("p");
    toast.className = "toast";
    toast.textContent = words;
    place.replaceChildren(toast);
    setTimeout(() => toast.remove(), 8000);
  };

  const dirty = new WeakSet();
  const drafts = () => document.querySelectorAll("form[data-draft]");
  const keyOf = (form) => `draft:${form.dataset.draft}`;

  const keep = (form) => {
    const words = {};
    for (const field of form.querySelectorAll("textarea, input[type=text]")) words[field.name] = field.value;
    try {
      localStorage.setItem(keyOf(form), JSON.stringify({ at: Date.now(), words }));
    } catch {
      // A full or forbidden store only means that nothing is kept on this phone.
      form.removeAttribute("data-draft");
    }
  };

  const restore = (form) => {
    const kept = JSON.parse(localStorage.getItem(keyOf(form)) || "null");
    if (!kept || Date.now() - kept.at > DRAFT_DAYS * 86400000) return;
    for (const field of form.querySelectorAll("textarea, input[type=text]")) {
      if (!field.value && kept.words[field.name]) field.value = kept.words[field.name];
    }
  };

  const settle = (root) => {
    root.querySelector?.("[data-focus]")?.focus();
    for (const counter of root.querySelectorAll?.("[data-count]") || []) {
      const field = document.getElementById(counter.dataset.count);
      const update = () => (counter.textContent = `${field.value.length} / ${counter.dataset.most}`);
      field.addEventListener("input", update);
      update();
    }
  };

  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-warn]");
    if (form) dirty.add(form);
    const draft = event.target.closest("form[data-draft]");
    if (draft) keep(draft);
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) return event.preventDefault();
    dirty.delete(form);
    if (form.method !== "post" || form.hasAttribute("hx-post")) return;
    form.dataset.sent = "1";
    event.submitter?.setAttribute("aria-busy", "true");
    // The back button shows the page again: the form must work then.
    setTimeout(() => delete form.dataset.sent, 8000);
  });

  window.addEventListener("pageshow", () => {
    for (const form of document.forms) delete form.dataset.sent;
    for (const button of document.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  });

  window.addEventListener("beforeunload", (event) => {
    if ([...document.forms].some((form) => dirty.has(form))) event.preventDefault();
  });

  document.addEventListener("htmx:sendError", () => say(document.getElementById("toasts").dataset.offline));
  document.addEventListener("htmx:responseError", () => say(document.getElementById("toasts").dataset.failed));
  document.addEventListener("htmx:afterSwap", (event) => settle(event.target));

  document.addEventListener("DOMContentLoaded", () => {
    for (const form of drafts()) restore(form);
    for (const done of document.querySelectorAll("[data-draft-done]")) localStorage.removeItem(`draft:${done.dataset.draftDone}`);
    for (const menu of document.querySelectorAll(".rail__menu")) {
      if (matchMedia("(max-width: 999px)").matches) menu.removeAttribute("open");
    }
    settle(document);
  });
})();
