// Photos: each is its own request as soon as it is chosen, shows its progress, and can be removed or sent
// again. Without this file the browser sends the files with the form.
(() => {
  const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];

  const removeButton = (box) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "photos__remove";
    button.dataset.photoRemove = "";
    button.setAttribute("aria-label", box.dataset.remove);
    button.textContent = "×";
    return button;
  };

  const send = (box, item, file) => {
    const say = box.querySelector("[data-photos-say]");
    const bar = document.createElement("progress");
    bar.max = 100;
    item.append(bar);
    item.classList.remove("is-bad");
    const request = new XMLHttpRequest();
    const fail = (words, again) => {
      bar.remove();
      item.classList.add("is-bad");
      say.textContent = words;
      if (!again) return item.remove();
      const button = document.createElement("button");
      button.type = "button";
      button.className = "photos__again";
      button.textContent = box.dataset.again;
      button.addEventListener("click", () => {
        button.remove();
        send(box, item, file);
      });
      item.append(button);
    };
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) bar.value = (100 * event.loaded) / event.total;
    });
    request.addEventListener("load", () => {
      let answer = {};
      try {
        answer = JSON.parse(request.responseText);
      } catch {
        return fail(box.dataset.cut, true);
      }
      if (request.status !== 201) return fail(answer.error || box.dataset.cut, request.status >= 500);
      bar.remove();
      say.textContent = "";
      const kept = document.createElement("input");
      kept.type = "hidden";
      kept.name = box.dataset.name;
      kept.value = answer.id;
      item.append(kept);
      item.dataset.id = answer.id;
    });
    request.addEventListener("error", () => fail(box.dataset.cut, true));
    request.addEventListener("timeout", () => fail(box.dataset.cut, true));
    request.open("POST", box.dataset.url);
    request.timeout = 120000;
    request.setRequestHeader("X-CSRFToken", token());
    const form = new FormData();
    form.append("file", file);
    request.send(form);
  };

  const add = (box, file) => {
    const item = document.createElement("li");
    item.className = "photos__one";
    item.dataset.photo = "";
    const picture = document.createElement("img");
    picture.width = picture.height = 88;
    picture.alt = file.name;
    picture.src = URL.createObjectURL(file);
    item.append(picture, removeButton(box));
    box.querySelector(".photos__strip").lastElementChild.before(item);
    send(box, item, file);
  };

  document.addEventListener("change", (event) => {
    const box = event.target.closest("[data-photos]");
    if (!box || !event.target.matches("[data-photos-input]")) return;
    const files = [...event.target.files];
    event.target.value = "";
    for (const file of files) {
      if (box.querySelectorAll("[data-photo]").length >= Number(box.dataset.most)) {
        box.querySelector("[data-photos-say]").textContent = box.dataset.tooMany;
        break;
      }
      add(box, file);
    }
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-photo-remove]");
    if (!button) return;
    const item = button.closest("[data-photo]");
    const id = item.querySelector("input[type=hidden]")?.value;
    const box = button.closest("[data-photos]");
    if (id) fetch(`${box.dataset.url}/${id}/remove`, { method: "POST", headers: { "X-CSRFToken": token() } });
    item.remove();
    box.querySelector("[data-photos-say]").textContent = "";
  });

  document.addEventListener("DOMContentLoaded", () => {
    for (const button of document.querySelectorAll("[data-photo-remove]")) button.hidden = false;
  });
})();
