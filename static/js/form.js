// Forms: a double press sends once, unsaved words are warned about, a report's draft survives, an error
// summary takes the focus, and a step that asks once more does so in a dialog. Every form works without it.
(() => {
  const DRAFT_DAYS = 3;
  const TOAST_MS = 8000;
  const words = () => document.getElementById("toasts").dataset;

  const say = (sentence) => {
    const toast = document.createElement("p");
    toast.className = "toast";
    toast.textContent = sentence;
    document.getElementById("toasts").replaceChildren(toast);
    setTimeout(() => toast.remove(), TOAST_MS);
  };

  // Drafts: words only, on this phone only, for three days.
  const keyOf = (form) => `draft:${form.dataset.draft}`;
  const written = (form) => form.querySelectorAll("textarea, input[type=text]");

  const store = {
    get(key) {
      try {
        return JSON.parse(localStorage.getItem(key) || "null");
      } catch {
        return null; // unreadable or forbidden: as if nothing was kept
      }
    },
    set(key, value) {
      try {
        localStorage.setItem(key, JSON.stringify(value));
        return true;
      } catch {
        return false; // full or forbidden
      }
    },
    drop(key) {
      try {
        localStorage.removeItem(key);
        return true;
      } catch {
        return false;
      }
    },
  };

  const keep = (form) => {
    const fields = Object.fromEntries([...written(form)].map((field) => [field.name, field.value]));
    if (!store.set(keyOf(form), { at: Date.now(), words: fields })) form.removeAttribute("data-draft");
  };

  const restore = (form) => {
    const kept = store.get(keyOf(form));
    if (!kept) return;
    if (Date.now() - kept.at > DRAFT_DAYS * 86400000) return store.drop(keyOf(form));
    let filled = false;
    for (const field of written(form)) {
      if (field.value || !kept.words[field.name]) continue;
      field.value = kept.words[field.name];
      field.dispatchEvent(new Event("input", { bubbles: true }));
      filled = true;
    }
    if (filled) say(words().restored);
  };

  // What was typed and not sent
  const dirty = new WeakSet();

  document.addEventListener("input", (event) => {
    const form = event.target.closest("form");
    if (!form) return;
    if (form.hasAttribute("data-warn") && event.isTrusted) dirty.add(form);
    if (form.hasAttribute("data-draft")) keep(form);
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) return event.preventDefault();
    dirty.delete(form);
    if (form.method !== "post" || form.hasAttribute("hx-post")) return;
    form.dataset.sent = "1";
    event.submitter?.setAttribute("aria-busy", "true");
    // Where no answer comes the form must work again; the server knows a repeat by the form's key.
    setTimeout(() => delete form.dataset.sent, 8000);
  });

  window.addEventListener("pageshow", () => {
    for (const form of document.forms) delete form.dataset.sent;
    for (const button of document.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  });

  window.addEventListener("beforeunload", (event) => {
    if ([...document.forms].some((form) => dirty.has(form))) event.preventDefault();
  });

  // A step that asks once more: the folded form is lent to a dialog and given back when that closes.
  document.addEventListener("click", (event) => {
    const summary = event.target.closest(".confirm > summary");
    if (!summary) return;
    event.preventDefault();
    const form = summary.parentElement.querySelector("form");
    const dialog = document.createElement("dialog");
    const back = document.createElement("button");
    back.type = "button";
    back.className = "button button--quiet button--wide";
    back.textContent = words().back;
    back.addEventListener("click", () => dialog.close());
    form.append(back);
    dialog.append(form);
    dialog.addEventListener("close", () => {
      back.remove();
      summary.parentElement.append(form);
      dialog.remove();
      summary.focus();
    });
    document.body.append(dialog);
    dialog.showModal();
    back.focus();
  });

  // What htmx could not do is said in words.
  document.addEventListener("htmx:sendError", () => say(words().offline));
  document.addEventListener("htmx:timeout", () => say(words().offline));
  document.addEventListener("htmx:responseError", (event) => {
    say(event.detail.xhr.status === 403 ? words().refused : words().failed);
  });
  document.addEventListener("portal:say", (event) => say(event.detail));

  const settle = (root) => {
    root.querySelector("[data-focus]")?.focus();
    for (const counter of root.querySelectorAll("[data-count]")) {
      const field = document.getElementById(counter.dataset.count);
      const update = () => (counter.textContent = `${field.value.length} / ${counter.dataset.most}`);
      field.addEventListener("input", update);
      update();
    }
  };

  document.addEventListener("htmx:afterSwap", (event) => settle(event.target));
  document.addEventListener("DOMContentLoaded", () => {
    settle(document);
    for (const done of document.querySelectorAll("[data-draft-done]")) store.drop(`draft:${done.dataset.draftDone}`);
    for (const form of document.querySelectorAll("form[data-draft]")) restore(form);
  });
})();
