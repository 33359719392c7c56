// Drawing a signature: an enhancement of the form, which also takes a typed name.
import SignaturePad from "signature_pad";

const canvas = document.querySelector("canvas.ink");
if (canvas) {
  const form = canvas.closest("form");
  const { image, method, reached } = form.elements;
  canvas.closest(".needs-script").hidden = false;
  const pad = new SignaturePad(canvas, { penColor: "#16202c", backgroundColor: "rgba(255,255,255,0)" });

  // the box in the pixels of this screen; turning the phone keeps what was drawn
  const fit = () => {
    const strokes = pad.toData();
    const ratio = Math.max(window.devicePixelRatio || 1, 1);
    canvas.width = canvas.offsetWidth * ratio;
    canvas.height = canvas.offsetHeight * ratio;
    canvas.getContext("2d").scale(ratio, ratio);
    if (strokes.length) pad.fromData(strokes);
    else if (image.value) pad.fromDataURL(image.value, { width: canvas.offsetWidth, height: canvas.offsetHeight });
  };
  const keep = () => {
    image.value = pad.isEmpty() ? "" : pad.toDataURL("image/png");
    method.value = image.value ? "drawn" : "typed";
  };

  if (image.value) method.value = "drawn"; // the page came back because something else was wrong
  fit();
  window.addEventListener("resize", fit);
  pad.addEventListener("endStroke", keep);
  form.querySelector("[data-clear]").addEventListener("click", () => { pad.clear(); keep(); });

  // the end of the text was really on the screen, not only declared to be read
  const end = document.getElementById("paper-end");
  if (end && reached) {
    new IntersectionObserver((seen, watch) => {
      if (!seen.some((one) => one.isIntersecting)) return;
      reached.value = "seen";
      watch.disconnect();
    }).observe(end);
  }
}
