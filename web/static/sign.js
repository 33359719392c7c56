// Drawing a signature: an enhancement of the form, which also takes a typed name.
import SignaturePad from "signature_pad";

const canvas = document.querySelector("canvas.ink");
if (canvas) {
  const form = canvas.closest("form");
  const box = canvas.closest(".needs-script");
  box.hidden = false;
  const ratio = Math.max(window.devicePixelRatio || 1, 1);
  canvas.width = canvas.offsetWidth * ratio;
  canvas.height = canvas.offsetHeight * ratio;
  canvas.getContext("2d").scale(ratio, ratio);
  const pad = new SignaturePad(canvas, { penColor: "#16202c", backgroundColor: "rgba(255,255,255,0)" });
  form.querySelector("[data-clear]").addEventListener("click", () => pad.clear());
  form.addEventListener("submit", () => {
    if (pad.isEmpty()) return;
    form.elements.method.value = "drawn";
    form.elements.image.value = pad.toDataURL("image/png");
  });
}
