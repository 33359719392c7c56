// The buttons under the picture and their keys.

export class Controls {
  constructor(hall, call, live) {
    this.hall = hall;
    this.call = call;
    this.live = live;
    this.bar = document.getElementById("controls");
    this.keys = document.getElementById("keys");
  }

  open() {
    this.bar.hidden = false;
    this.call.onChange = () => this.refresh();
    this.hall.addEventListener("click", (event) => {
      const button = event.target.closest("[data-do]");
      if (button) this.#press(button.dataset.do, event);
    });
    document.addEventListener("keydown", (event) => this.#key(event));
    this.keys.checked = localStorage.getItem("keys") !== "off";
    this.keys.addEventListener("change", () => localStorage.setItem("keys", this.keys.checked ? "on" : "off"));
    this.refresh();
  }

  refresh() {
    for (const button of this.bar.querySelectorAll("[data-on]")) {
      const on = Boolean(this.call.isOn(button.dataset.do));
      button.setAttribute("aria-pressed", String(on));
      button.textContent = on ? button.dataset.on : button.dataset.off;
    }
    this.bar.querySelector("[data-do=play]").hidden = this.call.room.canPlaybackAudio;
    this.bar.querySelector("[data-do=share]").hidden = !navigator.mediaDevices?.getDisplayMedia;
  }

  #press(what, event) {
    if (what === "play") this.call.play();
    else if (what === "sheet") this.#sheet();
    else if (what === "chat") { event.preventDefault(); this.#chat(); }
    else this.call.toggle(what);
  }

  #sheet(open = !document.body.classList.contains("sheet-open")) {
    document.body.classList.toggle("sheet-open", open);
    this.bar.querySelector("[data-do=sheet]").setAttribute("aria-expanded", String(open));
    document.dispatchEvent(new Event("sheet"));
  }

  #chat() {
    this.#sheet(true);
    const field = document.getElementById("chat-text");
    field?.scrollIntoView({ block: "center" });
    field?.focus();
  }

  #key(event) {
    if (event.key === "Escape") { this.#sheet(false); return; }
    if (!this.keys.checked || event.ctrlKey || event.altKey || event.metaKey || event.target.closest("input, textarea, select")) return;
    const key = event.key.toLowerCase();
    if (key === "h") document.querySelector("#bar form[action$='/hand']")?.requestSubmit();
    else if (key === "c") { event.preventDefault(); this.#chat(); }
    else this.bar.querySelector(`[data-key="${key}"]`)?.click();
  }
}
