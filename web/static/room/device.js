// The device test: sees the camera, hears the microphone, plays a sound, times the network.

const box = document.getElementById("device");
const say = box.dataset;
const result = document.getElementById("result");
const at = (id) => document.getElementById(id);
box.hidden = false;

const keep = (name, value) => { if (result) result.elements[name].value = value; };
const fault = (error) => (error.name === "NotAllowedError" ? say.sayDenied : say.sayNone);

async function camera() {
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ video: true });
    at("preview").srcObject = stream;
    await at("preview").play();
    at("camera-says").textContent = say.sayCamera;
    keep("camera", "ok");
  } catch (error) { at("camera-says").textContent = fault(error); keep("camera", "none"); }
}

async function microphone() {
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    at("microphone-says").textContent = say.saySpeak;
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const look = () => {
      analyser.getFloatTimeDomainData(samples);
      const loud = Math.min(1, Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length) * 6);
      at("level").value = loud;
      if (loud > 0.05) { at("microphone-says").textContent = say.sayHeard; keep("microphone", "ok"); }
      requestAnimationFrame(look);
    };
    look();
  } catch (error) { at("microphone-says").textContent = fault(error); keep("microphone", "none"); }
}

async function network() {
  const times = [];
  for (let n = 0; n < 6; n += 1) {
    const begun = performance.now();
    await fetch(`/static/mark.svg?probe=${n}-${begun}`, { cache: "no-store" });
    times.push(performance.now() - begun);
  }
  const ms = Math.round(times.sort((a, b) => a - b)[2]);
  const begun = performance.now();
  const file = JSON.parse(document.querySelector("script[type=importmap]").textContent).imports["livekit-client"];
  const bytes = (await (await fetch(file, { cache: "no-store" })).arrayBuffer()).byteLength;
  const mbit = ((bytes * 8) / (performance.now() - begun) / 1000).toFixed(1);
  const good = ms < 300 && mbit > 1;
  at("network-says").textContent = `${say.sayNetwork.replace("{ms}", ms).replace("{mbit}", mbit)} · ${good ? say.sayVideo : say.sayVoice}`;
  keep("network", good ? "video" : "voice");
}

function beep() {
  const context = new AudioContext();
  const tone = context.createOscillator();
  const volume = context.createGain();
  volume.gain.setValueAtTime(0.2, context.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, context.currentTime + 1);
  tone.frequency.value = 660;
  tone.connect(volume).connect(context.destination);
  tone.start();
  tone.stop(context.currentTime + 1);
  at("speaker-asks").hidden = false;
}

at("start").addEventListener("click", async () => { await camera(); await microphone(); await network(); });
at("beep").addEventListener("click", beep);
at("speaker-asks").addEventListener("click", (event) => {
  const heard = event.target.dataset.heard;
  if (!heard) return;
  at("speaker-says").textContent = event.target.textContent;
  keep("speaker", heard === "yes" ? "ok" : "none");
});
