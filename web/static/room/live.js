// Keeps the page as the server sees it: a stream says that something changed, the page fetches itself
// and exchanges the parts that differ. Forms are sent in place; without this file they work as pages.

const PARTS = "[data-live]";

export class Live {
  constructor(hall) {
    this.hall = hall;
    this.path = `/sittings/${hall.dataset.sitting}`;
    this.onChange = () => {};
    this.marks = "";
    this.wanted = false;
    this.busy = false;
  }

  open() {
    this.standing = document.getElementById("status").innerText;
    document.addEventListener("submit", (event) => this.#send(event));
    document.addEventListener("click", (event) => this.#follow(event));
    document.addEventListener("focusout", () => setTimeout(() => this.#catchUp(), 50));
    this.#listen();
  }

  #listen() {
    const stream = new EventSource(`${this.path}/events`);
    stream.addEventListener("marks", (event) => {
      if (event.data !== this.marks) this.refresh();
      this.marks = event.data;
    });
    stream.addEventListener("over", () => { stream.close(); location.reload(); });
    stream.addEventListener("error", () => {
      if (stream.readyState !== EventSource.CLOSED) return;
      setTimeout(() => { this.refresh(); this.#listen(); }, 3000);
    });
  }

  // One fetch at a time; a change meanwhile asks for one more.
  async refresh() {
    if (this.busy) { this.wanted = true; return; }
    this.busy = true;
    try {
      const answer = await fetch(this.path, { headers: { Accept: "text/html" } });
      await this.#take(answer);
    } catch { /* offline: the stream will be back and ask again */ } finally {
      this.busy = false;
      if (this.wanted) { this.wanted = false; this.refresh(); }
    }
  }

  async #take(answer, form = null) {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (answer.ok && !page.querySelector("#room, [data-live]")) { location.assign(answer.url); return; }
    if (!answer.ok && !page.querySelector("[data-live]")) { this.alarm(words(page) || this.hall.dataset.sayFailed); return; }
    if (answer.ok) this.alarm("");
    for (const fresh of page.querySelectorAll(PARTS)) this.#exchange(fresh, form);
    const notice = page.querySelector(".notice[role=status]");
    if (notice) this.announce(notice.textContent.trim());
    if (answer.ok && page.body.classList.contains("room")) document.body.className = page.body.className;
    if (!page.getElementById("room") && answer.ok && !answer.url.includes("/panel")) location.assign(this.path);
    this.onChange();
  }

  #exchange(fresh, form) {
    const old = document.getElementById(fresh.id);
    if (!old) return;
    const sent = form && old.contains(form);
    if (!sent && old.dataset.mark === fresh.dataset.mark) return;
    if (!sent && isBusy(old)) { this.#later(old); return; }
    const open = new Set([...old.querySelectorAll("details[open] > summary")].map((one) => one.textContent));
    const focus = document.activeElement?.id;
    fresh.querySelectorAll("details > summary").forEach((one) => { if (open.has(one.textContent)) one.parentElement.open = true; });
    carry(old, fresh, form);
    old.replaceWith(document.adoptNode(fresh));
    if (fresh.id === "status" && fresh.innerText !== this.standing) this.#tell(fresh.innerText);
    if (focus) document.getElementById(focus)?.focus({ preventScroll: true });
    const wrong = form && fresh.querySelector(".wrong");
    if (wrong) wrong.scrollIntoView({ block: "center" });
    fresh.querySelectorAll(".chat").forEach((list) => { list.scrollTop = list.scrollHeight; });
  }

  #later(part) {
    if (part.dataset.stale) return;
    part.dataset.stale = "yes";
    part.prepend(Object.assign(document.createElement("p"), { className: "finding", textContent: this.hall.dataset.sayNewer }));
  }

  // Where one sits and what is recorded is read out whenever it changes.
  #tell(text) {
    this.standing = text;
    document.getElementById("told").textContent = text;
  }

  #catchUp() {
    const stale = [...document.querySelectorAll("[data-stale]")];
    if (stale.some((part) => !isBusy(part))) this.refresh();
  }

  async #send(event) {
    const form = event.target;
    if (form.method !== "post" || !this.hall.contains(form) || form.action.endsWith("/leave")) return;
    event.preventDefault();
    const body = new FormData(form, event.submitter);
    const buttons = [...form.querySelectorAll("button")].filter((one) => !one.disabled);
    buttons.forEach((one) => { one.disabled = true; });
    try {
      await this.#take(await fetch(form.action, { method: "POST", body: new URLSearchParams(body) }), form);
    } catch {
      this.alarm(this.hall.dataset.sayFailed);
    } finally {
      buttons.forEach((one) => { one.disabled = false; });
    }
  }

  // A link that opens a form inside a part: the same page is fetched, only that part is exchanged.
  async #follow(event) {
    const link = event.target.closest("a[data-part]");
    if (!link || !this.hall.contains(link)) return;
    event.preventDefault();
    const answer = await fetch(link.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(link.dataset.part);
    const old = document.getElementById(link.dataset.part);
    if (!fresh || !old) return;
    fresh.querySelectorAll("input[name=back]").forEach((one) => { one.value = ""; });
    old.replaceWith(document.adoptNode(fresh));
    fresh.querySelector("form.draft :is(select, input:not([type=hidden]))")?.focus();
  }

  alarm(text) {
    const box = document.getElementById("alarm");
    box.textContent = text;
    box.hidden = !text;
  }

  announce(text) { document.getElementById("line").textContent = text; }
}

const FIELDS = "textarea, input:not([type=hidden]), select";
const isTick = (field) => field.type === "checkbox" || field.type === "radio";

function isDirty(field) {
  if (isTick(field)) return field.checked !== field.defaultChecked;
  if (field.tagName === "SELECT") return [...field.options].some((one) => one.defaultSelected && !one.selected);
  return field.value !== field.defaultValue;
}

// What somebody has filled in and not yet sent stays filled in.
function carry(old, fresh, sent) {
  for (const field of old.querySelectorAll(FIELDS)) {
    if (field.form === sent || !field.id || !isDirty(field)) continue;
    const twin = fresh.querySelector(`#${CSS.escape(field.id)}`);
    if (!twin) continue;
    if (isTick(field)) twin.checked = field.checked;
    else twin.value = field.value;
  }
}

// Somebody is typing here, or has opened a clause to write it: exchanging would take it from under them.
function isBusy(part) {
  return part.querySelector("form.draft") !== null || (part.contains(document.activeElement) && document.activeElement.matches(FIELDS));
}

function words(page) {
  return page.querySelector("main h1")?.textContent.trim();
}
