#!/usr/bin/env python3
"""核验这份案卷 · Verify this case file.

    python3 verify.py [CASE.zip]      an export; without a name the folder this script lies in
    python3 verify.py CLIP HEAD       a part of a recording, against its head in the journal
Needs Python 3.9 and openssl 3.0 or later. Take this script from the court's page for checking papers, not out
of the file, and compare the fingerprint it prints with the one there: a forger could copy everything but that.
Exit code 0: holds. 1: does not, and here is where. 2: cannot be read. 3: signatures were not checked.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import ssl
import struct
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

LEAF, NODE, OUTSIDE = b"\x00", b"\x01", "keys/outside.pem"
RANGE = rb"/ByteRange\s*\[\s*(\d{1,9})\s+(\d{1,9})\s+(\d{1,9})\s+(\d{1,9})\s*\]"
SEGMENT = struct.Struct(">4sIIQ32sI")  # "ODRS", number, length, time, digest before, CRC
DIGESTS = {"es256": ["-sha256"], "rs256": ["-sha256"], "sm2": ["-sm3", "-sigopt", "distid:1234567812345678"]}
TRUST = ["-no_check_time", "-no-CApath", "-no-CAstore", "-CAfile"]  # nobody this machine trusts besides
SEAL = ["cms", "-verify", "-inform", "DER", "-binary", "-purpose", "any", *TRUST]
STAMP = ["ts", "-verify", "-token_in", "-no_check_time", "-CAfile"]
PIECE, LARGEST, MOST_SEALS = 1 << 20, 64 << 20, 50


class Check:
    """One case file: what was found in it, and what could not be looked at."""

    def __init__(self, path: Path) -> None:
        self.path, self.folder = path, Path()
        self.zip = None if path.is_dir() else zipfile.ZipFile(path)
        there = [one.relative_to(path).as_posix() for one in path.rglob("*") if one.is_file()]
        self.names = Counter(self.zip.namelist() if self.zip else there)
        self.findings: list[tuple[str, str]] = []
        self.notes: list[tuple[str, str]] = []
        self.root, self.fingerprint, self.court = "", "", list[str]()
        self.told: dict[tuple[str, ...], dict[str, Any]] = {}  # (thing, kind of entry) -> its fields
        found = shutil.which("openssl") and self.ask("version")
        self.openssl = re.match(b"OpenSSL [3-9]", found or b"")  # an older one trusts this machine's roots

    def run(self) -> Check:
        """Everything, in the order in which one thing rests on the other."""
        text = self.read("manifest.json")
        manifest, signature = json.loads(text), json.loads(self.read("signature.json"))["signature"]
        with tempfile.TemporaryDirectory(prefix="verify-") as folder:
            self.folder = Path(folder)
            try:
                self.trust()
                self.listed(manifest["files"])
                self.signed("manifest.json", text, signature)
                self.journal(self.checkpoints())
                self.things(manifest)
            except Exception as wrong:  # a stranger's bytes make parsers raise anything
                self.find("结构 structure", f"无法读完 cannot be read on: {type(wrong).__name__} {wrong}")
        return self

    def trust(self) -> None:
        """The one root, written anew (openssl would trust each of several), and the seals it vouches for."""
        text = self.read("keys/root.pem").decode()
        if text.count("BEGIN CERTIFICATE") != 1:
            raise ValueError("keys/root.pem: not exactly one certificate")
        der = ssl.PEM_cert_to_DER_cert(text)
        self.fingerprint = hashlib.sha256(der).hexdigest()
        self.notes.append(("根证书指纹 root certificate SHA-256", self.fingerprint))
        root = ssl.DER_cert_to_PEM_cert(der).encode()
        outside = self.read(OUTSIDE) if OUTSIDE in self.names else b""  # under the court's signature
        self.root, only = self.put("roots", root + outside), self.put("root", root)
        for name in sorted(name for name in self.names if self.openssl and name.startswith("keys/court")):
            key = self.put("key", self.read(name))
            public = self.ask("x509", "-in", key, "-pubkey", "-noout") or b""
            if self.ask("verify", *TRUST, only, key) is not None:
                self.court.append(self.put(f"public-{len(self.court)}", public))

    def things(self, manifest: dict[str, Any]) -> None:
        """Papers, evidence and recordings are the journal's, and a paper's seals hold."""
        for one in manifest["documents"]:
            self.same(one["pdf"], "digest", one["id"], "document.published")
            self.same(one["facts"], "facts_hash", one["id"], "document.frozen")
            if one["pdf"] in self.names:
                self.seals(one["pdf"], self.read(one["pdf"]))
        for one in manifest["evidence"]:
            self.same(one["file"], "digest", one["id"], "evidence.added")
        for one in manifest["recordings"]:
            if one["journal"] in self.names:
                with self.open(one["journal"]) as file:
                    head = self.told.get((one["id"], "recording.kept"), {}).get("head", "")
                    self.findings += [(one["journal"], what) for what in chain(file, head)]

    def listed(self, known: dict[str, str]) -> None:
        """Each file is the one in the manifest, none is missing, none was put beside them and none is twice."""
        if self.zip:
            with self.path.open("rb") as file:  # the comment is the digest over all bytes before it
                if self.zip.comment != hashed(file, "sha256", self.path.stat().st_size - 64).encode():
                    self.find("ZIP", "压缩包的字节被改动 its bytes were altered")
        self.findings += [(name, "重复 there twice") for name, n in sorted(self.names.items()) if n > 1]
        for name in sorted(set(known) | set(self.names) - {"manifest.json", "signature.json"}):
            if name not in known or not self.fits(name, known[name]):
                extra = "不在清单中 not in the manifest" if name not in known else "缺失 missing"
                self.find(name, "内容被改动 altered" if name in known and name in self.names else extra)

    def checkpoints(self) -> dict[int, str]:
        """The signed roots over the court's journal, by how many entries they cover."""
        roots = {}
        for mark in json.loads(self.read("checkpoints.json")):
            content, said = mark["content"].encode(), json.loads(mark["content"])
            place = f"checkpoints.json, {said['seq']}"
            self.signed(place, content, mark["signature"])
            self.vouched(place, content, base64.b64decode(mark["token"]), STAMP)
            roots[int(said["seq"])] = str(said["root"])
        return roots

    def journal(self, roots: dict[int, str]) -> None:
        """Each entry is what was hashed, and its hash is a leaf under a signed root."""
        young = before = 0
        for line in self.read("journal.jsonl").splitlines():
            entry = json.loads(line)
            said, proof, leaf = json.loads(entry["body"]), entry["proof"], entry["hash"]
            place, seq = f"journal.jsonl, {said['seq']}", int(said["seq"])
            if named(leaf, LEAF + entry["body"].encode()) != leaf:
                self.find(place, "内容被改动 altered")
            if seq <= before:
                self.find(place, "次序不对 out of order")
            new = proof is None and seq > max(roots, default=0)
            held = proof and climb(leaf, seq - 1, proof["count"], proof["siblings"]) == roots.get(
                proof["count"]
            )
            if not new and not held:
                self.find(place, "不属于已签名的日志 not in the signed journal")
            for key in {"document", "evidence", "recording"} & set(said["fields"]):
                self.told[str(said["fields"][key]), str(said["kind"])] = said["fields"]
            young, before = young + new, seq
        self.notes += [("未核验 unchecked", f"{young} 条 younger than the last checkpoint")] * (young > 0)

    def same(self, name: str, key: str, *thing: str) -> None:
        if name in self.names and not self.fits(name, self.told.get(thing, {}).get(key, "")):
            self.find(name, "与日志记载不符 not what the journal says")

    def seals(self, name: str, pdf: bytes) -> None:
        """Every signature over its own revision, the last one to the last byte."""
        end = 0
        for found in re.findall(RANGE, pdf)[:MOST_SEALS]:
            first, length, second, rest = map(int, found)
            place = f"{name}, {end}-{second + rest}"
            if first != 0 or not end < second + rest <= len(pdf):
                self.find(place, "签章范围不对 a signature over a strange range")
                continue
            end, gap = second + rest, re.fullmatch(rb"<([0-9A-F]*)>", pdf[length:second])
            data, around = pdf[:length] + pdf[second:end], pdf[max(0, length - 400) : second + 400]
            signature = bytes.fromhex(gap[1].decode()) if gap else b""
            self.vouched(place, data, signature, SEAL if b"ETSI.RFC3161" not in around else STAMP)
        if end != len(pdf):
            self.find(f"{name}, {end}-{len(pdf)}", "签章后追加了内容 appended after the last seal")

    def signed(self, place: str, content: bytes, signature: str) -> None:
        """By one of the court's seals, which its root vouches for; a way that nobody knows is no signature."""
        way, _, text = signature.partition(":")
        given = ("-signature", self.put("sig", base64.urlsafe_b64decode(text)), self.put("data", content))
        asked = [("dgst", *DIGESTS[way], "-verify", key, *given) for key in self.court if way in DIGESTS]
        if self.openssl and all(self.ask(*one) is None for one in asked):
            self.find(place, "签名不符 the court's signature does not fit")

    def vouched(self, place: str, content: bytes, signature: bytes, way: list[str]) -> None:
        """By somebody for whom the root vouches: a seal or a time-stamp."""
        over = ("-data" if way is STAMP else "-content", self.put("data", content))
        if self.openssl and self.ask(*way, self.root, "-in", self.put("sig", signature), *over) is None:
            what = "时间戳不符 the time-stamp" if way is STAMP else "签章不符，内容被改动 altered: the seal"
            self.find(place, f"{what} does not fit")

    def ask(self, *words: str) -> bytes | None:
        done = subprocess.run(["openssl", *words], capture_output=True, check=False)
        return done.stdout if done.returncode == 0 else None

    def fits(self, name: str, known: str) -> bool:
        algorithm, _, digest = known.partition(":")
        try:
            with self.open(name) as file:
                return hashed(file, algorithm) == digest
        except Exception:  # as above
            return False

    def find(self, place: str, what: str) -> None:
        self.findings.append((place, what))

    def open(self, name: str) -> IO[bytes]:
        return self.zip.open(name) if self.zip else (self.path / name).open("rb")

    def read(self, name: str) -> bytes:
        with self.open(name) as file:
            if len(content := file.read(LARGEST + 1)) > LARGEST:
                raise ValueError(f"{name}: too large")
        return content

    def put(self, name: str, data: bytes) -> str:
        (self.folder / name).write_bytes(data)
        return str(self.folder / name)


def hashed(file: IO[bytes], algorithm: str, left: int = 1 << 62) -> str:
    running = hashlib.new(algorithm)
    while left > 0 and (piece := file.read(min(left, PIECE))):
        running.update(piece)
        left -= len(piece)
    return running.hexdigest()


def named(like: str, data: bytes) -> str:
    algorithm = like.partition(":")[0]
    return f"{algorithm}:{hashlib.new(algorithm, data).hexdigest()}"


def climb(leaf: str, index: int, count: int, siblings: Sequence[str]) -> str:
    """The root above a leaf (RFC 6962); nothing if the way is no way."""
    rest, value = list(siblings), leaf
    while count > 1 and 0 <= index < count:
        if index ^ 1 < count:
            other = rest.pop(0) if rest else value
            pair = (other, value) if index & 1 else (value, other)
            value = named(pair[0], NODE + b"".join(bytes.fromhex(one.partition(":")[2]) for one in pair))
        index, count = index // 2, (count + 1) // 2
    return "" if rest or index else value


def chain(file: IO[bytes], head: str) -> Iterator[str]:
    """What does not hold in the chain of a recording."""
    line = file.readline(64)
    algorithm = line.decode("ascii", "replace").strip().rpartition(" ")[2]
    before, number, at, met = hashlib.new(algorithm, line).digest(), 0, len(line), False
    while start := file.read(SEGMENT.size):
        mark, place, length, _, previous, _ = SEGMENT.unpack(start.ljust(SEGMENT.size))
        content = file.read(length) if mark == b"ODRS" and length <= LARGEST else b""
        digest = file.read(32)
        known = mark == b"ODRS" and (place, previous) == (number, before)
        if not known or hashlib.new(algorithm, start + content).digest() != digest:
            yield f"{at}: 第{number}段被改动或不接前段 segment {number} altered, or not the next"
            return
        before, number, at = digest, number + 1, at + SEGMENT.size + len(content) + 32
        met = met or f"{algorithm}:{digest.hex()}" == head
    if not met:
        yield "与日志记载不符 does not contain the head in the journal"


def clip(part: bytes, head: str) -> Iterator[str]:
    """What does not hold in a part of a recording that was given out without the rest."""
    line, _, rest = part.partition(b"\n")
    said, at, segments = json.loads(line), 0, []
    algorithm = said["algorithm"]
    for length in said["lengths"]:
        raw, at = rest[at : at + length], at + length
        segments.append(raw)
        if hashlib.new(algorithm, raw[:-32]).digest() != raw[-32:]:
            yield f"{at - length}: 被改动 altered"
            return
    closing = segments.pop() if said["closed"] else said["root"].encode()
    for raw, siblings in zip(segments, said["paths"]):  # noqa: B905  # of one length, looked at below
        leaf, number = named(algorithm, LEAF + raw[-32:]), SEGMENT.unpack_from(raw)[1]
        if climb(leaf, number, said["count"], [f"{algorithm}:{one}" for one in siblings]) != said["root"]:
            yield f"第{number}段不属于该录像 segment {number} does not belong to the recording"
    anchor = f"{algorithm}:{closing[-32:].hex()}" if said["closed"] else said["root"]
    same = json.dumps(said, sort_keys=True, separators=(",", ":")).encode() == line.lower() == line
    whole = same and said["format"] == "odr-part/1" and (at, len(segments)) == (len(rest), len(said["paths"]))
    if anchor != head or said["root"].encode() not in closing or not whole:
        yield "不属于所指的录像 does not belong to that recording"


def main(words: Sequence[str]) -> int:
    """What the command line asked, said in lines."""
    check = None
    try:
        if len(words) == 2:
            wrong = [("clip", what) for what in clip(Path(words[0]).read_bytes(), words[1])]
        else:
            check = Check(Path(words[0]) if words else Path(__file__).resolve().parent).run()
            wrong = check.findings
    except Exception as why:  # as above
        print(f"无法读取 unreadable: {type(why).__name__} {why}")
        return 2
    unsigned = check and not check.openssl
    good = "签名未核验 signatures NOT checked: no openssl" if unsigned else "有效 valid"
    print(f"无效 NOT valid: {len(wrong)}" if wrong else good)
    print(
        "".join(f"  {place}: {what}\n" for place, what in [*wrong, *(check.notes if check else ())]), end=""
    )
    return 1 if wrong else 3 if unsigned else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
