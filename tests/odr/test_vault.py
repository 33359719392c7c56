"""A file is durable before anybody hears of it, and has the name of its content."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from odr.digests import digest
from odr.errors import Broken, NotFound
from odr.vault import Vault

PAPER = "民事裁定书".encode()


def test_a_file_is_found_under_its_digest(vault: Vault) -> None:
    name = vault.keep(PAPER)

    assert name == digest(PAPER)
    assert vault.read(name) == PAPER


def test_keeping_twice_is_keeping_once(vault: Vault) -> None:
    vault.keep(PAPER)
    vault.keep(PAPER)

    assert list(vault.all()) == [digest(PAPER)]
    assert list(vault.incoming.iterdir()) == []


def test_a_dropped_file_leaves_nothing(vault: Vault) -> None:
    inbox = vault.inbox()
    inbox.write(PAPER)
    inbox.drop()

    assert list(vault.all()) == []
    assert list(vault.incoming.iterdir()) == []


def test_a_changed_file_is_never_handed_out(vault: Vault) -> None:
    name = vault.keep(PAPER)
    path = vault.path(name)
    path.chmod(0o600)
    path.write_bytes(PAPER[:-1] + b"?")

    with pytest.raises(Broken):
        vault.read(name)


@pytest.mark.parametrize("name", ["", "sha256:", "sha256:../../etc/passwd", "x/y:00", "sha256:" + "/" * 64])
def test_a_name_that_is_no_digest_finds_nothing(vault: Vault, name: str) -> None:
    with pytest.raises(NotFound):
        vault.read(name)


def test_it_is_on_the_disk_before_it_has_its_name(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    acts: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def watched_fsync(handle: int) -> None:
        acts.append("sync " + ("folder" if os.path.isdir(f"/proc/self/fd/{handle}") else "file"))
        fsync(handle)

    def watched_replace(path: Path, target: Path) -> Path:
        acts.append("name")
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", watched_fsync)
    monkeypatch.setattr(Path, "replace", watched_replace)

    vault.keep(PAPER)

    assert acts == ["sync file", "name", "sync folder"]


def test_no_name_is_given_when_the_disk_refuses(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(handle: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", broken)

    with pytest.raises(OSError, match="Input/output"):
        vault.keep(PAPER)

    assert list(vault.all()) == []
