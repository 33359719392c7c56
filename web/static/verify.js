// Checks a sealed paper in the reader's own browser: nothing is sent, and it works without a network.
// A paper holds when every seal fits its bytes, every signer's certificate was issued by the court's root,
// every seal carries a time-stamp of the court's authority, and nothing stands after the last one.

const OID = {
  digest: "1.2.840.113549.1.9.4", stamp: "1.2.840.113549.1.9.16.2.14", info: "1.2.840.113549.1.9.16.1.4",
  name: "2.5.4.3", timing: "1.3.6.1.5.5.7.3.8",
};
const box = document.getElementById("local");
const words = box.dataset;

// DER: a value is {tag, bytes (whole), body, parts}
function der(bytes, at = 0) {
  let length = bytes[at + 1], head = 2;
  if (length === undefined) throw new Error("der");
  if (length & 0x80) {
    head += length & 0x7f;
    length = 0;
    for (let n = at + 2; n < at + head; n++) length = length * 256 + bytes[n];
  }
  if (!(at + head + length <= bytes.length)) throw new Error("der");  // NaN, where the length itself is cut off
  const body = bytes.subarray(at + head, at + head + length);
  return { tag: bytes[at], bytes: bytes.subarray(at, at + head + length), body, get parts() { return inside(body); } };
}

function inside(body) {
  const found = [];
  for (let at = 0; at < body.length; at += found[found.length - 1].bytes.length) found.push(der(body, at));
  return found;
}

function oid(value) {
  const numbers = [];
  let number = 0;
  for (const byte of value.body) {
    number = number * 128 + (byte & 0x7f);
    if (!(byte & 0x80)) { numbers.push(number); number = 0; }
  }
  const first = Math.min(Math.floor(numbers[0] / 40), 2);
  return [first, numbers[0] - 40 * first, ...numbers.slice(1)].join(".");
}

const same = (a, b) => a.length === b.length && a.every((byte, n) => byte === b[n]);
const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

// An ECDSA signature as WebCrypto wants it: r and s side by side
function pair(signature) {
  const raw = new Uint8Array(64);
  der(signature).parts.forEach((number, n) => {
    const digits = number.body.subarray(Math.max(0, number.body.length - 32));
    raw.set(digits, 32 * (n + 1) - digits.length);
  });
  return raw;
}

function certificate(bytes) {
  const [body, , signature] = der(bytes).parts;
  const parts = body.parts[0].tag === 0xa0 ? body.parts.slice(1) : body.parts;
  const names = parts[4].parts.flatMap((set) => set.parts).map((row) => row.parts);
  const name = names.find(([key]) => oid(key) === OID.name);
  const purposes = (parts.find((part) => part.tag === 0xa3)?.parts[0].parts ?? [])
    .filter((row) => oid(row.parts[0]) === "2.5.29.37")
    .flatMap((row) => der(row.parts[row.parts.length - 1].body).parts.map(oid));
  return {
    bytes, body: body.bytes, signature: signature.body.subarray(1), serial: parts[0].body, key: parts[5].bytes,
    number: [...parts[0].body].map((byte) => byte.toString(16).padStart(2, "0")).join("").replace(/^0+/, ""),
    name: name ? new TextDecoder().decode(name[1].body) : "", stamps: purposes.includes(OID.timing),
  };
}

async function signed(by, content, signature) {
  const way = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("spki", by.key, way, false, ["verify"]);
  return crypto.subtle.verify(way, key, pair(signature), content);
}

// One CMS signature: who signed which digest, and the time-stamp that hangs on it
async function opened(bytes, root) {
  const [, content] = der(bytes).parts;
  const parts = content.parts[0].parts;
  const [kind, held] = parts[2].parts;
  const certificates = parts.filter((part) => part.tag === 0xa0).flatMap((part) => part.parts).map((one) => certificate(one.bytes));
  const [signer] = parts[parts.length - 1].parts;
  const rows = signer.parts;
  const by = certificates.find((one) => same(one.serial, rows[1].parts[1].body));
  const attributes = rows.find((part) => part.tag === 0xa0);
  const signature = rows.find((part) => part.tag === 0x04).body;
  const plain = attributes.bytes.slice();
  plain[0] = 0x31;
  const digest = attributes.parts.find((row) => oid(row.parts[0]) === OID.digest).parts[1].parts[0].body;
  const hung = (rows.find((part) => part.tag === 0xa1)?.parts ?? []).find((row) => oid(row.parts[0]) === OID.stamp);
  const trusted = by !== undefined && (await signed(root, by.body, by.signature).catch(() => false));
  return {
    by, digest, signature, trusted, stamp: hung?.parts[1].parts[0].bytes,
    info: oid(kind) === OID.info ? held.parts[0].body : null,
    holds: trusted && (await signed(by, plain, signature)),
  };
}

// The instant a time-stamp vouches for, if it is ours and over this digest
async function instant(bytes, digest, root) {
  const token = await opened(bytes, root);
  const parts = der(token.info).parts;
  const imprint = parts[2].parts[1].body;
  if (!token.holds || !token.by.stamps || !same(imprint, digest) || !same(token.digest, await sha256(token.info))) return null;
  const text = new TextDecoder().decode(parts[4].body);
  return new Date(text.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d).*Z$/, "$1-$2-$3T$4:$5:$6Z"));
}

async function look(pdf, root) {
  const text = new TextDecoder("latin1").decode(pdf);
  const found = { signers: [], wrong: [], unsure: [] };
  const revoked = JSON.parse(words.revoked); // serial number: since when, as far as this page knows
  let end = 0, last = "";
  for (const match of text.matchAll(/\/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]/g)) {
    const [first, length, second, rest] = match.slice(1).map(Number);
    const place = `${end}–${second + rest}`;
    if (first !== 0 || second + rest <= end || second + rest > pdf.length) { found.wrong.push([words.changed, place]); continue; }
    end = second + rest;
    try {
      const gap = text.slice(length, second); // no digest guards it: nothing but the signature may stand there
      if (!/^<([0-9A-F]{2})+>$/.test(gap)) throw new Error("hex");
      const bytes = Uint8Array.from(gap.slice(1, -1).match(/../g), (two) => parseInt(two, 16));
      if (bytes.subarray(der(bytes).bytes.length).some((byte) => byte !== 0)) throw new Error("filling");
      const data = new Uint8Array(length + rest);
      data.set(pdf.subarray(0, length));
      data.set(pdf.subarray(second, end), length);
      const digest = await sha256(data);
      const seal = await opened(bytes, root);
      last = seal.info ? "stamp" : "seal";
      if (!seal.trusted && words.outside && same(seal.info ? der(seal.info).parts[2].parts[1].body : seal.digest, digest)) {
        found.unsure.push([words.outside, place]);
        if (!seal.info) found.signers.push([seal.by?.name ?? "?", null]);
        continue;
      }
      if (seal.info) {
        if (!(await instant(bytes, digest, root))) found.wrong.push([words.changed, place]);
        continue;
      }
      const at = seal.stamp ? await instant(seal.stamp, await sha256(seal.signature), root) : null;
      if (!same(seal.digest, digest)) found.wrong.push([words.changed, place]);
      else if (!seal.holds || seal.by.stamps || at >= Date.parse(revoked[seal.by.number])) found.wrong.push([words.untrusted, place]);
      if (!at) found.wrong.push([words.unstamped, place]);
      found.signers.push([seal.by?.name ?? "?", at]);
    } catch {
      found.wrong.push([words.changed, place]);
    }
  }
  if (!found.signers.length) found.wrong.push([words.unsealed, ""]);
  else if (end !== pdf.length) found.wrong.push([words.appended, `${end}–${pdf.length}`]);
  if (found.signers.length && last !== "stamp") found.wrong.push([words.unstamped, ""]);
  return found;
}

function line(tag, text, more = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  if (more) made.append(" ", Object.assign(document.createElement("span"), { className: "quiet", textContent: more }));
  return made;
}

async function show(file) {
  const root = certificate(Uint8Array.from(atob(words.root), (c) => c.charCodeAt(0)));
  const found = await look(new Uint8Array(await file.arrayBuffer()), root);
  const good = found.wrong.length === 0, sure = found.unsure.length === 0;
  const verdict = box.querySelector(".verdict"), list = box.querySelector("ul");
  verdict.className = `verdict ${good ? sure ? "good" : "" : "bad"}`;
  verdict.querySelector("b").textContent = good ? sure ? "✔" : "?" : "✖";
  verdict.querySelector("strong").textContent = good ? sure ? words.good : words.unsure : words.bad;
  const zone = { dateStyle: "long", timeStyle: "medium", timeZone: "Asia/Shanghai" };
  const moment = new Intl.DateTimeFormat(document.documentElement.lang, zone);
  list.replaceChildren(
    ...found.signers.map(([name, at]) => line("li", name, at ? moment.format(at) : "")),
    ...[...found.wrong, ...found.unsure].map(([what, place]) => line("li", what, place)),
  );
  box.hidden = false;
}

document.querySelector('input[name="file"]').addEventListener("change", (event) => {
  const [file] = event.target.files;
  box.hidden = true;
  if (file) show(file);
});

// From now on the page opens without a network as well
if ("serviceWorker" in navigator) {
  await navigator.serviceWorker.register(words.worker, { scope: "/verify" });
  const kept = performance.getEntriesByType("resource").map((one) => one.name).filter((name) => name.includes("/static/"));
  (await navigator.serviceWorker.ready).active.postMessage(["/verify", ...kept]);
}
