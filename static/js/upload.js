// Photos: each is its own request as soon as it is chosen, two at a time, shows its progress, and can be
// removed or sent again. The form waits for photos on their way. Without this file the browser sends them
// with the form.
(() => {
  const AT_ONCE = 2;
  const TIMEOUT_MS = 120000;
  const waiting = [];
  const pressed = new WeakMap();
  let running = 0;

  const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  const say = (box, words) => (box.querySelector("[data-photos-say]").textContent = words);

  const pressable = (name, words, press) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = name;
    button.addEventListener("click", press);
    if (name === "photos__remove") {
      button.setAttribute("aria-label", words);
      button.dataset.photoRemove = "";
    } else {
      button.textContent = words;
    }
    return button;
  };

  // One photo: "waits", "goes", "is here" (its id stands in the form) or "is bad" (the file is kept to send again).
  const queue = (photo) => {
    photo.item.dataset.state = "waits";
    photo.bar = document.createElement("progress");
    photo.bar.max = 100;
    photo.bar.setAttribute("aria-label", photo.box.dataset.going);
    photo.item.append(photo.bar);
    photo.item.classList.remove("is-bad");
    waiting.push(photo);
    next();
  };

  const next = () => {
    while (running < AT_ONCE && waiting.length) {
      const photo = waiting.shift();
      if (photo.item.isConnected) send(photo);
    }
  };

  const settled = (photo) => {
    running -= 1;
    photo.bar.remove();
    next();
    const form = photo.box.closest("form");
    if (form?.dataset.photosWait && !form.querySelector('[data-state="waits"], [data-state="goes"]')) {
      delete form.dataset.photosWait;
      if (!form.querySelector('[data-state="bad"]')) form.requestSubmit(pressed.get(form));
    }
  };

  const here = (photo, answer) => {
    const kept = document.createElement("input");
    kept.type = "hidden";
    kept.name = photo.box.dataset.name;
    kept.value = answer.id;
    photo.item.append(kept);
    photo.item.dataset.state = "here";
    if (photo.unseen) photo.picture.src = answer.thumb_url;
  };

  const bad = (photo, words, again) => {
    say(photo.box, words);
    // A form that was waiting stays: whether to go without this photo is for the person to say.
    delete photo.box.closest("form")?.dataset.photosWait;
    if (!again) return photo.item.remove();
    photo.item.dataset.state = "bad";
    photo.item.classList.add("is-bad");
    const button = pressable("photos__again", photo.box.dataset.again, () => {
      button.remove();
      queue(photo);
    });
    photo.item.append(button);
  };

  const answered = (photo, request) => {
    let answer;
    try {
      answer = JSON.parse(request.responseText);
    } catch {
      return bad(photo, photo.box.dataset.cut, true);
    }
    if (request.status === 201) return here(photo, answer);
    return bad(photo, answer.error || photo.box.dataset.cut, request.status >= 500);
  };

  const send = (photo) => {
    running += 1;
    photo.item.dataset.state = "goes";
    const request = new XMLHttpRequest();
    photo.stop = () => request.abort();
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) photo.bar.value = (100 * event.loaded) / event.total;
    });
    request.addEventListener("load", () => answered(photo, request));
    for (const trouble of ["error", "timeout"]) {
      request.addEventListener(trouble, () => bad(photo, photo.box.dataset.cut, true));
    }
    request.addEventListener("loadend", () => settled(photo));
    request.open("POST", photo.box.dataset.url);
    request.timeout = TIMEOUT_MS;
    request.setRequestHeader("X-CSRFToken", token());
    const form = new FormData();
    form.append("file", photo.file);
    request.send(form);
  };

  const takeBack = (box, item) => {
    const id = item.querySelector("input[type=hidden]")?.value;
    // Whether it is taken back now or forgotten after a day: it is out of this form either way.
    if (id) fetch(`${box.dataset.url}/${id}/remove`, { method: "POST", headers: { "X-CSRFToken": token() } }).catch(() => null);
    item.remove();
    say(box, "");
    box.querySelector("[data-photos-input]").focus();
  };

  const add = (box, file) => {
    const item = document.createElement("li");
    item.className = "photos__one";
    item.dataset.photo = "";
    const picture = document.createElement("img");
    picture.width = picture.height = 88;
    picture.alt = file.name;
    const photo = { box, item, file, picture, unseen: false, stop: () => null };
    const shown = URL.createObjectURL(file);
    picture.addEventListener("load", () => URL.revokeObjectURL(shown), { once: true });
    // A browser that cannot show the phone's own format gets the server's small copy.
    picture.addEventListener("error", () => (photo.unseen = true), { once: true });
    picture.src = shown;
    item.append(picture, pressable("photos__remove", box.dataset.remove, () => {
      photo.stop();
      takeBack(box, item);
    }));
    box.querySelector(".photos__strip").lastElementChild.before(item);
    queue(photo);
  };

  document.addEventListener("change", (event) => {
    const box = event.target.closest("[data-photos]");
    if (!box || !event.target.matches("[data-photos-input]")) return;
    const files = [...event.target.files];
    event.target.value = "";
    say(box, "");
    for (const file of files) {
      if (box.querySelectorAll("[data-photo]").length >= Number(box.dataset.most)) {
        say(box, box.dataset.tooMany);
        break;
      }
      add(box, file);
    }
  });

  // Drafts that the server drew
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-photo-drawn]");
    if (!button) return;
    event.preventDefault();
    takeBack(button.closest("[data-photos]"), button.closest("[data-photo]"));
  });

  // The form goes when the last photo is there; a photo that did not arrive is asked about once.
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      const box = form.querySelector("[data-photos]");
      if (!box) return;
      const going = form.querySelector('[data-state="waits"], [data-state="goes"]');
      const lost = form.querySelector('[data-state="bad"]');
      if (!going && (!lost || form.dataset.photosAsked)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      pressed.set(form, event.submitter);
      if (going) form.dataset.photosWait = "1";
      else form.dataset.photosAsked = "1";
      const words = going ? box.dataset.wait : box.dataset.lost;
      say(box, words);
      document.dispatchEvent(new CustomEvent("portal:say", { detail: words }));
    },
    true,
  );

  document.addEventListener("DOMContentLoaded", () => {
    for (const button of document.querySelectorAll("[data-photo-drawn]")) button.hidden = false;
  });
})();
