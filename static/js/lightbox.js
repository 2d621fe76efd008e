// A photo opens larger on the same page, with the ones beside it; without this file it opens as a page of its own.
(() => {
  const open = (links, start) => {
    const words = links[start].closest(".evidence").dataset;
    const dialog = document.createElement("dialog");
    dialog.className = "lightbox";
    const figure = document.createElement("figure");
    const picture = document.createElement("img");
    const caption = document.createElement("figcaption");
    const told = document.createElement("span");
    let here = start;

    const show = (place) => {
      here = (place + links.length) % links.length;
      const link = links[here];
      picture.src = link.href;
      picture.alt = link.querySelector("img").alt;
      told.textContent = link.parentElement.querySelector("figcaption")?.textContent.trim() ?? "";
      if (links.length > 1) told.textContent += ` (${here + 1} / ${links.length})`;
    };

    const button = (label, press) => {
      const made = document.createElement("button");
      made.type = "button";
      made.className = "button button--small";
      made.textContent = label;
      made.addEventListener("click", press);
      return made;
    };

    caption.append(told);
    if (links.length > 1) {
      caption.append(button(words.previous, () => show(here - 1)), button(words.next, () => show(here + 1)));
    }
    caption.append(button(words.close, () => dialog.close()));
    figure.append(picture, caption);
    dialog.append(figure);
    dialog.addEventListener("keydown", (event) => {
      if (event.key === "ArrowLeft") show(here - 1);
      if (event.key === "ArrowRight") show(here + 1);
    });
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog || event.target === picture) dialog.close();
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      links[here].focus();
    });
    show(start);
    document.body.append(dialog);
    dialog.showModal();
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-lightbox]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const links = [...link.closest(".evidence").querySelectorAll("[data-lightbox]")];
    open(links, links.indexOf(link));
  });
})();
