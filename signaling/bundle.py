"""A recording as a directory that can be checked: journal, manifest, what was made from them.

    journal.odr     what came, in a chain of segments
    manifest.json   what the journal holds, its head and root, and the digests of the other files
    *.webm, timeline.json   made from the journal; can be made again at any time

The head and the manifest's digest belong into the case journal: they stand for everything here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from signaling import chain, contents, disk
from signaling.chain import NotAJournal
from signaling.contents import JOURNAL, Contents
from signaling.part import Finding, proof, verify_part
from signaling.records import Malformed

__all__ = [
    "MANIFEST",
    "Altered",
    "Finding",
    "Seal",
    "between",
    "is_bundle",
    "proof",
    "seal",
    "verify",
    "verify_part",
    "write_manifest",
]

MANIFEST = "manifest.json"


class Altered(Exception):
    """What shall be sealed does not hold."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("; ".join(f"{finding.place}: {finding.what}" for finding in findings))
        self.findings = findings


@dataclass(frozen=True, slots=True)
class Seal:
    """What the case journal keeps of a recording."""

    head: str
    root: str
    manifest: str
    torn: int


def is_bundle(path: Path) -> bool:
    """Whether this directory is, or was, a recording."""
    return (path / JOURNAL).is_file() or _is_manifest(path / MANIFEST)


def verify(path: Path, known: Iterable[str] = ()) -> list[Finding]:
    """Each place that does not hold; `known` heads, from the case journal, must be in the chain."""
    try:
        found = contents.read(path / JOURNAL)
    except FileNotFoundError:
        return [Finding(JOURNAL, "missing")]
    except NotAJournal as wrong:
        return [Finding(f"{JOURNAL}, byte 0", str(wrong))]
    manifest, findings = _checked(path, found)
    if manifest is not None:
        findings += _file_findings(path, manifest, found.algorithm)
    return findings if found.altered else findings + _head_findings(found, known)


def seal(path: Path) -> Seal:
    """Writes the manifest over journal and files; also for a recording that a kill has torn."""
    found = contents.read(path / JOURNAL)
    _, findings = _checked(path, found)
    grave = [finding for finding in findings if not finding.torn and finding.what != "missing"]
    if grave:
        raise Altered(grave)
    digest = write_manifest(path, found, _file_digests(path, found.algorithm))
    return Seal(found.head, found.root, digest, found.torn)


def write_manifest(path: Path, found: Contents, files: dict[str, str]) -> str:
    """Writes the manifest and gives its digest."""
    manifest = {**found.facts(), "files": files}
    manifest["digest"] = _self_digest(manifest, found.algorithm)
    disk.put(path / MANIFEST, _canonical(manifest))
    return str(manifest["digest"])


def between(path: Path, from_ms: int, to_ms: int) -> list[int]:
    """The segments that hold this stretch of the timeline."""
    found, numbers, before_ms = contents.read(path / JOURNAL), [], 0
    segments = (each for each in chain.walk(path / JOURNAL) if isinstance(each, chain.Segment))
    for segment in segments:
        until_ms = found.ms(segment.at_ns)
        if 0 < segment.number < len(found.leaves) and before_ms <= to_ms and until_ms >= from_ms:
            numbers.append(segment.number)
        before_ms = until_ms
    return numbers


def _canonical(manifest: dict[str, object]) -> bytes:
    text = json.dumps(manifest, ensure_ascii=False, sort_keys=True, indent=1)
    return text.encode("utf-8", "replace") + b"\n"


def _self_digest(manifest: dict[str, object], algorithm: str) -> str:
    rest = {name: value for name, value in manifest.items() if name != "digest"}
    return chain.named(algorithm, chain.digest(algorithm, _canonical(rest)))


def _is_manifest(path: Path) -> bool:
    try:
        return bool(json.loads(path.read_bytes()).get("format") == contents.FORMAT)
    except (OSError, ValueError, AttributeError, RecursionError):
        return False


def _checked(path: Path, found: Contents) -> tuple[dict[str, object] | None, list[Finding]]:
    """The manifest if it is whole, and what is wrong with the journal or with the manifest."""
    faults = [
        Finding(f"{JOURNAL}, segment {one.number}, byte {one.offset}", one.what) for one in found.altered
    ]
    try:
        manifest = _manifest(path / MANIFEST, found.algorithm)
    except FileNotFoundError:
        return None, faults or _unsealed(found)
    except Malformed as malformed:
        return None, [*faults, Finding(MANIFEST, f"altered: {malformed}")]
    return manifest, faults or _differences(found, manifest)


def _manifest(path: Path, algorithm: str) -> dict[str, object]:
    data = path.read_bytes()
    try:
        manifest = json.loads(data)
    except (ValueError, RecursionError):
        raise Malformed("not readable") from None
    if not isinstance(manifest, dict) or not isinstance(manifest.get("files"), dict):
        raise Malformed("not a manifest")
    if data != _canonical(manifest):
        raise Malformed(f"byte {_first_difference(data, _canonical(manifest))}")
    if manifest.get("digest") != _self_digest(manifest, algorithm):
        raise Malformed("its content does not give its digest")
    return manifest


def _first_difference(one: bytes, other: bytes) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _differences(found: Contents, manifest: dict[str, object]) -> list[Finding]:
    said, there = manifest.get("segments"), len(found.digests)
    if isinstance(said, int) and there < said:
        return [
            Finding(f"{JOURNAL}, segment {there}", f"altered: ends here, the manifest knows {said} segments")
        ]
    facts = json.loads(_canonical(found.facts()))
    differing = [name for name, value in facts.items() if manifest.get(name) != value]
    return [Finding(f"{MANIFEST}, {name}", "altered: the journal says otherwise") for name in differing]


def _unsealed(found: Contents) -> list[Finding]:
    if found.closed:
        return [Finding(MANIFEST, "missing")]
    torn = next((fault.what for fault in found.faults), "torn: not closed")
    return [Finding(f"{JOURNAL}, segment {len(found.digests)}, byte {found.size}", torn)]


def _file_digests(path: Path, algorithm: str) -> dict[str, str]:
    files = (file for file in sorted(path.iterdir()) if file.is_file() and not file.name.startswith("."))
    return {
        file.name: _file_digest(file, algorithm) for file in files if file.name not in (JOURNAL, MANIFEST)
    }


def _file_digest(path: Path, algorithm: str) -> str:
    with path.open("rb") as file:
        return chain.named(algorithm, chain.digest(algorithm, *iter(lambda: file.read(1 << 20), b"")))


def _file_findings(path: Path, manifest: dict[str, object], algorithm: str) -> list[Finding]:
    listed, there = manifest["files"], _file_digests(path, algorithm)
    assert isinstance(listed, dict)
    missing = [Finding(name, "missing") for name in listed if name not in there]
    altered = [Finding(name, "altered") for name in listed if name in there and there[name] != listed[name]]
    return missing + altered + [Finding(name, "not in the manifest") for name in there if name not in listed]


def _head_findings(found: Contents, known: Iterable[str]) -> list[Finding]:
    heads = {chain.named(found.algorithm, digest) for digest in found.digests}
    return [Finding(JOURNAL, f"altered: does not contain {head}") for head in known if head not in heads]
