#!/usr/bin/env python3
"""核验这份案卷 · Verify this case file.

    python3 verify.py                 the folder or ZIP this script lies in
    python3 verify.py CASE.zip        an export
    python3 verify.py CLIP HEAD       a part of a recording, against its head in the journal

Needs Python 3.9 or later. Signatures and time-stamps are checked with the `openssl` command; without it
everything else is, and what was not is said. Compare the fingerprint of the root certificate, printed at
the end, with the one the court publishes: a forger of a whole case file could copy everything but that.
Exit code 0: holds. 1: does not, and here is where. 2: cannot be read.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

LEAF, NODE = b"\x00", b"\x01"
RANGE = rb"/ByteRange\s*\[\s*(\d{1,9})\s+(\d{1,9})\s+(\d{1,9})\s+(\d{1,9})\s*\]"
SEGMENT = struct.Struct(">4sIIQ32sI")  # "ODRS", number, length, time, digest before, CRC
DIGESTS = {"es256": ["-sha256"], "rs256": ["-sha256"], "sm2": ["-sm3", "-sigopt", "distid:1234567812345678"]}
CMS = ["cms", "-verify", "-inform", "DER", "-binary", "-no_check_time", "-purpose", "any", "-CAfile"]
BROKEN = (KeyError, ValueError, TypeError, AttributeError, OSError, zipfile.BadZipFile)


class Check:
    """One case file: what was found in it, and what could not be looked at."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.zip = None if path.is_dir() else zipfile.ZipFile(path)
        there = [one.relative_to(path).as_posix() for one in path.rglob("*") if one.is_file()]
        self.names = set(self.zip.namelist() if self.zip else there)
        self.findings: list[tuple[str, str]] = []
        self.unchecked: list[str] = []
        self.openssl = shutil.which("openssl")
        self.told: dict[str, dict[str, dict[str, Any]]] = {}  # document or recording -> kind -> fields
        self.folder = Path(tempfile.mkdtemp(prefix="verify-"))

    def run(self) -> Check:
        """Everything, in the order in which one thing rests on the other."""
        if self.zip and self.zip.comment.decode() != frame(self.path):
            self.find("ZIP", "压缩包的字节被改动 its bytes were altered")
        text = self.read("manifest.json")
        manifest = json.loads(text)
        self.signed("manifest.json", text, json.loads(self.read("signature.json"))["signature"])
        try:
            self.listed(manifest["files"])
            self.journal(self.checkpoints())
            for paper in manifest["documents"]:
                self.paper(paper)
            for one in manifest["recordings"]:
                self.recording(one["journal"], self.told.get(one["id"], {}).get("recording.kept", {}))
        except BROKEN as wrong:
            self.find("结构 structure", f"无法读完 cannot be read to its end: {type(wrong).__name__} {wrong}")
        shutil.rmtree(self.folder, ignore_errors=True)
        return self

    def listed(self, known: dict[str, str]) -> None:
        """Each file is the one in the manifest, none is missing and none was put beside them."""
        for name in sorted(set(known) | self.names - {"manifest.json", "signature.json"}):
            if name not in known:
                self.find(name, "不在清单中 not in the manifest")
            elif name not in self.names:
                self.find(name, "缺失 missing")
            elif not self.fits(name, known[name]):
                self.find(name, "内容被改动 altered")

    def checkpoints(self) -> dict[int, str]:
        """The signed roots over the court's journal, by how many entries they cover."""
        roots = {}
        for mark in json.loads(self.read("checkpoints.json")):
            content = mark["content"].encode()
            said = json.loads(content)
            place = f"checkpoints.json, {said['seq']}"
            self.signed(place, content, mark["signature"])
            self.stamped(place, hashlib.sha256(content).hexdigest(), base64.b64decode(mark["token"]))
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
            young += proof is None
            if proof and climb(leaf, seq - 1, proof["count"], proof["siblings"]) != roots.get(proof["count"]):
                self.find(place, "不属于已签名的日志 not in the signed journal")
            for key in {"document", "recording"} & set(said["fields"]):
                self.told.setdefault(said["fields"][key], {})[said["kind"]] = said["fields"]
            before = seq
        self.unchecked += [f"{young} 条最新记录尚未签名 younger than the last checkpoint"] if young else []

    def paper(self, paper: dict[str, str]) -> None:
        """The paper is the one the journal published, its facts the ones it froze, its seals hold."""
        told = self.told.get(paper["id"], {})
        for name, act, key in (
            (paper["pdf"], "published", "digest"),
            (paper["facts"], "frozen", "facts_hash"),
        ):
            known = told.get(f"document.{act}", {}).get(key, "")
            if name in self.names and not self.fits(name, known):
                self.find(name, "与日志记载不符 not what the journal says")
        if paper["pdf"] in self.names:
            self.seals(paper["pdf"], self.read(paper["pdf"]))

    def seals(self, name: str, pdf: bytes) -> None:
        """Every signature over its own revision, the last one to the last byte."""
        end = 0
        for first, length, second, rest in (map(int, found) for found in re.findall(RANGE, pdf)):
            place = f"{name}, {end}-{second + rest}"
            if first != 0 or not end < second + rest <= len(pdf):
                self.find(place, "签章范围不对 a signature over a strange range")
                continue
            end, gap = second + rest, pdf[length + 1 : second - 1]
            data, around = pdf[:length] + pdf[second:end], pdf[max(0, length - 400) : second + 400]
            signature = bytes.fromhex(gap.decode()) if re.fullmatch(rb"[0-9A-F]*", gap) else b""
            if b"ETSI.RFC3161" in around:
                self.stamped(place, hashlib.sha256(data).hexdigest(), signature)
            else:
                self.sealed(place, data, signature)
        if end != len(pdf):
            self.find(f"{name}, {end}-{len(pdf)}", "签章后追加了内容 appended after the last seal")

    def recording(self, name: str, told: dict[str, str]) -> None:
        """The chain holds from its first segment to the head that the journal knows."""
        if name in self.names:
            with self.open(name) as file:
                self.findings += [(name, what) for what in chain(file, told.get("head", ""))]

    def signed(self, place: str, content: bytes, signature: str) -> None:
        """By one of the court's seals, which its root vouches for."""
        sort, _, text = signature.partition(":")
        if not self.openssl or sort not in DIGESTS:
            self.unchecked.append(f"{place}: 签名 signature")
            return
        data, given = self.put("data", content), self.put("sig", base64.urlsafe_b64decode(text))
        for name in sorted(name for name in self.names if name.startswith("keys/court")):
            key = self.put("key", self.read(name))
            public = self.put("pub", self.ask("x509", "-in", key, "-pubkey", "-noout") or b"")
            asked = ("dgst", *DIGESTS[sort], "-verify", public, "-signature", given, data)
            vouched = self.ask("verify", "-no_check_time", "-CAfile", self.root(), key) is not None
            if vouched and self.ask(*asked) is not None:
                return
        self.find(place, "签名不符 the court's signature does not fit")

    def sealed(self, place: str, data: bytes, signature: bytes) -> None:
        asked = [*CMS, self.root(), "-in", self.put("sig", signature), "-content", self.put("data", data)]
        if not self.openssl:
            self.unchecked.append(f"{place}: 签章 seal")
        elif self.ask(*asked) is None:
            self.find(place, "签章不符，内容被改动 the seal does not fit: altered")

    def stamped(self, place: str, digest: str, token: bytes) -> None:
        asked = ["ts", "-verify", "-token_in", "-no_check_time", "-digest", digest, "-CAfile", self.root()]
        if not self.openssl:
            self.unchecked.append(f"{place}: 时间戳 time-stamp")
        elif self.ask(*asked, "-in", self.put("token", token)) is None:
            self.find(place, "时间戳不符 the time-stamp does not fit")

    def ask(self, *words: str) -> bytes | None:
        done = subprocess.run([str(self.openssl), *words], capture_output=True, check=False)
        return done.stdout if done.returncode == 0 else None

    def fits(self, name: str, known: str) -> bool:
        """Whether a file has this digest, under the algorithm it names."""
        try:
            running = hashlib.new(known.partition(":")[0])
            with self.open(name) as file:
                while piece := file.read(1 << 20):
                    running.update(piece)
        except (ValueError, OSError, zipfile.BadZipFile):
            return False
        return known.endswith(":" + running.hexdigest())

    def find(self, place: str, what: str) -> None:
        self.findings.append((place, what))

    def open(self, name: str) -> IO[bytes]:
        return self.zip.open(name) if self.zip else (self.path / name).open("rb")

    def read(self, name: str) -> bytes:
        with self.open(name) as file:
            return file.read()

    def put(self, name: str, data: bytes) -> str:
        (self.folder / name).write_bytes(data)
        return str(self.folder / name)

    def root(self) -> str:
        return self.put("root", self.read("keys/root.pem"))


def frame(path: Path) -> str:
    """The digest over all bytes of an archive before its comment, which is this digest."""
    return hashlib.sha256(path.read_bytes()[:-64]).hexdigest()


def named(like: str, data: bytes) -> str:
    algorithm = like.partition(":")[0]
    return f"{algorithm}:{hashlib.new(algorithm, data).hexdigest()}"


def climb(leaf: str, index: int, count: int, siblings: Sequence[str]) -> str | None:
    """The root above a leaf (RFC 6962); None if the way is no way."""
    rest, value = list(siblings), leaf
    while count > 1 and 0 <= index < count:
        if index ^ 1 < count:
            if not rest:
                return None
            pair = (rest.pop(0), value) if index & 1 else (value, rest.pop(0))
            value = named(pair[0], NODE + b"".join(bytes.fromhex(one.partition(":")[2]) for one in pair))
        index, count = index // 2, (count + 1) // 2
    return None if rest or index else value


def chain(file: IO[bytes], head: str) -> Iterator[str]:
    """What does not hold in the chain of a recording."""
    line = file.readline(64)
    algorithm = line.decode("ascii", "replace").strip().rpartition(" ")[2]
    before, number, at, heads = hashlib.new(algorithm, line).digest(), 0, len(line), set()
    while start := file.read(SEGMENT.size):
        whole = len(start) == SEGMENT.size and start[:4] == b"ODRS" and SEGMENT.unpack(start)[2] <= 64 << 20
        content = file.read(SEGMENT.unpack(start)[2]) if whole else b""
        digest = file.read(32)
        if not whole or hashlib.new(algorithm, start + content).digest() != digest:
            yield f"{at}: 第{number}段被改动 segment {number} altered"
            return
        if SEGMENT.unpack(start)[1] != number or SEGMENT.unpack(start)[4] != before:
            yield f"{at}: 第{number}段不接前段 segment {number} does not follow the one before"
        before, number, at = digest, number + 1, at + SEGMENT.size + len(content) + 32
        heads.add(f"{algorithm}:{digest.hex()}")
    if head not in heads:
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
    except BROKEN as why:
        print(f"无法读取 unreadable: {type(why).__name__} {why}")
        return 2
    print(f"无效 NOT valid: {len(wrong)}" if wrong else "有效 valid")
    print("".join(f"  {place}: {what}\n" for place, what in wrong), end="")
    if check:
        print("".join(f"  未核验 not checked: {what}\n" for what in check.unchecked), end="")
        root = re.findall("-----\n(.*?)\n-----", check.read("keys/root.pem").decode(), re.DOTALL)[0]
        print(f"  根证书指纹 root certificate SHA-256: {hashlib.sha256(base64.b64decode(root)).hexdigest()}")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
