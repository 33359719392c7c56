"""The file of a whole case: one ZIP that opens and verifies on any machine, without this product.

The court signs the manifest, the manifest names the digest of every file, the journal's entries are
proved one by one under signed checkpoints, and the script that checks all of it lies beside them.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

from documents import key_folder, outside, standalone
from documents.authority import Authority
from odr.checkpoints import content
from odr.digests import current, digest
from odr.facts import canon
from odr.queries.whole_case import Entry, WholeCase
from odr.tables.disputes import Evidence
from odr.tables.mediations import Recording
from odr.tables.people import Court
from odr.tables.records import Document
from odr.vault import Vault
from signaling import bundle
from signaling.contents import JOURNAL

FORMAT = "odr-case/1"
SAME_TIME = (
    1980,
    1,
    1,
    0,
    0,
    0,
)  # the same case gives the same bytes; when it was made stands in the manifest
PIECE = 1 << 20


@dataclass(slots=True)
class Crate:
    """A ZIP being filled; knows the digest of everything in it."""

    zip: zipfile.ZipFile
    files: dict[str, str] = field(default_factory=dict)

    def put(self, name: str, data: bytes) -> str:
        """A file, and its name."""
        self.files[name] = digest(data)
        self._write(name, iter([data]))
        return name

    def copy(self, name: str, path: Path) -> str:
        """A file too large to hold in memory."""
        self.files[name] = _digest_of(path)
        with path.open("rb") as file:
            self._write(name, iter(lambda: file.read(PIECE), b""))
        return name

    def seal(self, name: str, data: bytes) -> None:
        """What stands over the list of files and therefore not in it."""
        self._write(name, iter([data]))

    def _write(self, name: str, pieces: Iterator[bytes]) -> None:
        head = zipfile.ZipInfo(name, SAME_TIME)
        packed = name.endswith((".json", ".jsonl", ".html", ".txt"))
        head.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        with self.zip.open(head, "w", force_zip64=True) as file:
            for piece in pieces:
                file.write(piece)


def write(
    out: IO[bytes],
    case: WholeCase,
    court: Court,
    *,
    vault: Vault,
    recordings: Path,
    authority: Authority,
    way: str,
    index: str,
    reader: str,
    at: datetime,
) -> str:
    """Write the file of a case; gives the digest of its manifest, which stands for all of it."""
    signer = authority.signer_for(court.code, court.name, way)
    with zipfile.ZipFile(out, "w") as archive:
        crate = Crate(archive)
        listed = {
            "documents": [_paper(crate, vault, number, row) for number, row in enumerate(case.papers, 1)],
            "evidence": [_evidence(crate, vault, number, row) for number, row in enumerate(case.evidence, 1)],
            "recordings": [_recording(crate, recordings, n, row) for n, row in enumerate(case.recordings, 1)],
        }
        _proofs(crate, case)
        _keys(crate, authority)
        crate.put("verify.py", Path(standalone.__file__).read_bytes())
        crate.put("index.html", index.encode())
        said = {
            "format": FORMAT,
            "court": {"code": court.code, "name": court.name},
            "number": case.dispute.number,
            "for": reader,
            "made_at": at.isoformat(timespec="seconds"),
            "journal": {"entries": len(case.entries), "kept_back": case.kept_back},
            "files": crate.files,
            **listed,
        }
        manifest = json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True).encode()
        signature = signer.sign(manifest)
        crate.seal("manifest.json", manifest)
        crate.seal("signature.json", json.dumps({"signature": signature}).encode())
        archive.comment = b"0" * 64
    _frame(out)
    return digest(manifest)


def _paper(crate: Crate, vault: Vault, number: int, row: Document) -> dict[str, Any]:
    stem = f"documents/{number:03}-{row.kind}"
    return {
        "id": row.id,
        "kind": row.kind,
        "title": row.title,
        "number": row.number,
        "published_at": row.published_at.isoformat() if row.published_at else "",
        "void": row.void_at is not None,
        "supersedes": row.supersedes or "",
        "pdf": crate.put(f"{stem}.pdf", vault.read(row.digest)),
        "facts": crate.put(f"{stem}.json", canon.dumps(row.facts).encode()),
    }


def _evidence(crate: Crate, vault: Vault, number: int, row: Evidence) -> dict[str, Any]:
    suffix = PurePosixPath(row.file_name).suffix[:8].lower()
    name = f"evidence/{number:03}{suffix if suffix[1:].isalnum() and suffix.isascii() else ''}"
    return {
        "id": row.id,
        "title": row.title,
        "proves": row.proves,
        "file_name": row.file_name,
        "file": crate.put(name, vault.read(row.digest)),
        "digest": row.digest,
    }


def _recording(crate: Crate, recordings: Path, number: int, row: Recording) -> dict[str, Any]:
    folder, stem = recordings / row.folder, f"recordings/{number:03}"
    wanted = [JOURNAL, bundle.MANIFEST, "timeline.json", *(file["name"] for file in row.files)]
    there = [name for name in wanted if (folder / name).is_file()]
    copied = {name: crate.copy(f"{stem}/{name}", folder / name) for name in there}
    return {
        "id": row.id,
        "started_at": row.started_at.isoformat(),
        "head": row.head,
        "journal": copied.get(JOURNAL, f"{stem}/{JOURNAL}"),
        "files": sorted(copied.values()),
    }


def _proofs(crate: Crate, case: WholeCase) -> None:
    crate.put("journal.jsonl", "".join(f"{_line(entry)}\n" for entry in case.entries).encode())
    marks = [
        {"content": content(row).decode(), "signature": row.signature, "token": row.token}
        for row in case.checkpoints
    ]
    crate.put("checkpoints.json", json.dumps(marks, ensure_ascii=False, indent=1).encode())


def _line(entry: Entry) -> str:
    proof = entry.proof and {"count": entry.proof.count, "siblings": entry.proof.siblings}
    return json.dumps({"hash": entry.hash, "proof": proof, "body": entry.body}, ensure_ascii=False)


def _keys(crate: Crate, authority: Authority) -> None:
    crate.put("keys/root.pem", authority.root_pem)
    if relied := outside.roots(authority.directory):
        crate.put(standalone.OUTSIDE, b"".join(key_folder.pem(one) for one in relied))
    for number, certificate in enumerate(authority.court_certificates(), 1):
        crate.put(f"keys/court-{number}.pem", certificate)


def _frame(out: IO[bytes]) -> None:
    """Put the digest over all bytes into the comment, so that no byte of the archive is without a guard."""
    out.seek(-64, 2)
    end = out.tell()
    out.seek(0)
    running = hashlib.sha256()
    while end > 0 and (piece := out.read(min(PIECE, end))):
        running.update(piece)
        end -= len(piece)
    out.seek(-64, 2)
    out.write(running.hexdigest().encode())
    out.flush()


def _digest_of(path: Path) -> str:
    with path.open("rb") as file:
        running = hashlib.new(current())
        while piece := file.read(PIECE):
            running.update(piece)
    return f"{current()}:{running.hexdigest()}"
