// Keys for the judge's pages: they move and tick, and decide nothing. Off is remembered on this device.
const box = document.querySelector(".keys");
const wanted = document.getElementById("keys-on");

const open = (id) => {
  const part = document.getElementById(id);
  if (!part) return;
  if (part.tagName === "DETAILS") part.open = true;
  part.scrollIntoView({ block: "nearest" });
  (part.querySelector("summary") ?? part).focus();
};
const next = (selector, step) => {
  const all = [...document.querySelectorAll(selector)];
  const at = all.indexOf(document.activeElement);
  all[at < 0 ? 0 : (at + step + all.length) % all.length]?.focus();
};
const turn = (rel, step) => {
  const link = document.querySelector(`.way a[rel=${rel}]`);
  if (link) link.click();
  else next("a[data-row]", step);
};
const KEYS = {
  j: () => turn("next", 1),
  k: () => turn("prev", -1),
  n: () => next("[data-finding]", 1),
  f: () => document.querySelector("[data-clip]")?.focus(),
  a: () => open("confirm"),
  d: () => open("dismiss"),
  r: () => open("supplement"),
  "?": () => { box.open = !box.open; box.querySelector("summary").focus(); },
};

box.hidden = false;
wanted.checked = localStorage.getItem("keys") !== "off";
wanted.addEventListener("change", () => localStorage.setItem("keys", wanted.checked ? "on" : "off"));
document.addEventListener("keydown", (event) => {
  if (!wanted.checked || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (event.target.matches("textarea, select, input:not([type=checkbox], [type=radio])")) return;
  const tick = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  const act = tick ? () => { tick.click(); tick.focus(); } : KEYS[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
});
