"""The file store: every file is named by its digest, written once, durable before it is mentioned."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from odr.digests import current, matches
from odr.errors import Broken, NotFound


class Vault:
    """Files below one directory: `<algorithm>/ab/cd/<hex>`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.incoming = root / "incoming"
        self.incoming.mkdir(parents=True, exist_ok=True)

    def keep(self, data: bytes) -> str:
        """Store bytes and return their digest; storing twice is storing once."""
        inbox = self.inbox()
        inbox.write(data)
        return inbox.keep()

    def inbox(self) -> Inbox:
        """A file still arriving, hashed as it comes."""
        return Inbox(self)

    def path(self, digest: str) -> Path:
        algorithm, _, name = digest.partition(":")
        if not (algorithm.isalnum() and name.isalnum() and len(name) >= 32):
            raise NotFound(kind="blob")
        return self.root / algorithm / name[:2] / name[2:4] / name

    def read(self, digest: str) -> bytes:
        """The bytes, checked against their name."""
        path = self.path(digest)
        if not path.is_file():
            raise NotFound(kind="blob")
        data = path.read_bytes()
        if not matches(data, digest):
            raise Broken(f"blob {digest} does not have its digest")
        return data

    def destroy(self, digest: str) -> None:
        """The file is gone for good, durably; one that is gone already stays gone."""
        path = self.path(digest)
        path.unlink(missing_ok=True)
        if path.parent.is_dir():
            _sync(path.parent)

    def all(self) -> Iterator[str]:
        """The digest of every file kept."""
        for path in sorted(self.root.glob("*/??/??/*")):
            yield f"{path.parts[-4]}:{path.name}"


class Inbox:
    """Bytes on their way in. Nothing is kept until `keep`; `drop` forgets them."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._algorithm = current()
        self._hash = hashlib.new(self._algorithm)
        handle, name = tempfile.mkstemp(dir=vault.incoming)
        self._file = os.fdopen(handle, "wb")
        self._path = Path(name)
        self.size = 0

    def write(self, data: bytes) -> None:
        self._hash.update(data)
        self.size += len(data)
        self._file.write(data)

    def keep(self) -> str:
        """Durable under its final name, then its digest: fsync the file, rename, fsync the directory."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        name = f"{self._algorithm}:{self._hash.hexdigest()}"
        target = self._vault.path(name)
        target.parent.mkdir(parents=True, exist_ok=True)
        self._path.chmod(0o440)
        self._path.replace(target)
        _sync(target.parent)
        return name

    def drop(self) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    directory = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
