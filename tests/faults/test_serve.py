"""`odr serve` keeps every process alive, lets none take another with it, and leaves none behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.running import Running, free_port, wait_until

pytestmark = pytest.mark.slow


class Serving(Running):
    """`odr serve` with its address and its children."""

    def __init__(self, data: Path) -> None:
        super().__init__(data)
        self.port = free_port()
        self.parent = self.start("serve", "--port", str(self.port), "--workers", "1")

    def children(self) -> dict[str, int]:
        """What runs under the parent, by what it is."""
        listed = subprocess.run(
            ["ps", "-o", "pid=,args=", "--ppid", str(self.parent.pid)], capture_output=True, text=True
        ).stdout
        names = {" web web ": "web", " web work": "jobs", "signaling.worker": "spare"}
        rows = [line.split(None, 1) for line in listed.splitlines()]
        found = [(name, int(pid)) for pid, args in rows for mark, name in names.items() if mark in args + " "]
        return {"media" if self.holds_lock(pid) else name: pid for name, pid in found}

    def holds_lock(self, pid: int) -> bool | None:
        """Whether a media worker is the one that works; nothing while it is loading and does not even wait."""
        inode = (self.data / "run" / "media-0.lock").stat().st_ino
        for line in Path("/proc/locks").read_text().splitlines():
            *begin, owner, place, _first, _last = line.split()
            if int(owner) == pid and place.endswith(f":{inode}"):
                return "->" not in begin
        return None

    def ask(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()
        except OSError:
            return 0, ""

    def ready(self) -> bool:
        return self.ask("/readyz")[0] == 200


def begin(data: Path) -> Serving:
    serving = Serving(data)
    wait_until(serving.ready, 60, lambda: serving.log + serving.ask("/readyz")[1])
    return serving


def stop(serving: Serving) -> None:
    serving.parent.terminate()
    serving.parent.wait(15)
    serving.end()


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    serving = begin(tmp_path_factory.mktemp("serving") / "data")
    yield serving
    stop(serving)


@pytest.fixture
def doomed(tmp_path: Path) -> Iterator[Serving]:
    """One of its own, for a test that ends it."""
    serving = begin(tmp_path / "data")
    yield serving
    stop(serving)


def test_each_killed_process_comes_back_and_takes_no_other_with_it(serving: Serving) -> None:
    for name in ("web", "jobs", "spare"):
        wait_until(lambda: len(serving.children()) == 4, 15, lambda: serving.log)
        before = serving.children()
        os.kill(before[name], signal.SIGKILL)
        wait_until(lambda: serving.children().get(name) not in (None, before[name]), 10, lambda: serving.log)  # noqa: B023
        wait_until(serving.ready, 45, lambda: serving.log + serving.ask("/readyz")[1])
        after = serving.children()
        assert {other: after[other] for other in after if other != name} == {
            other: before[other] for other in before if other != name
        }


def test_a_spare_takes_the_place_of_a_killed_media_worker(serving: Serving) -> None:
    wait_until(
        lambda: serving.holds_lock(serving.children().get("spare", 0)) is False, 30, lambda: serving.log
    )
    before = serving.children()
    os.kill(before["media"], signal.SIGKILL)

    wait_until(lambda: serving.children().get("media") == before["spare"], 10, lambda: serving.log)
    wait_until(serving.ready, 45, lambda: serving.log + serving.ask("/readyz")[1])
    wait_until(lambda: len(serving.children()) == 4, 15, lambda: serving.log)
    assert before["media"] not in serving.children().values()


def test_it_answers_for_its_health_and_what_it_measures(serving: Serving) -> None:
    assert serving.ask("/healthz") == (200, "ok")
    assert json.loads(serving.ask("/readyz")[1]) == {"ready": True, "reasons": []}
    assert 'odr_outbox_items{state="dead"} 0.0' in serving.ask("/metrics")[1]


def test_a_second_server_on_the_same_data_refuses(serving: Serving) -> None:
    second = serving.start("serve", "--port", str(free_port()))

    assert second.wait(20) == os.EX_CONFIG
    assert "another server works on" in serving.log


def test_told_to_stop_it_ends_in_time_and_leaves_nobody(doomed: Serving) -> None:
    children = doomed.children().values()
    begun = time.monotonic()
    doomed.parent.terminate()

    assert doomed.parent.wait(12) == 0
    assert time.monotonic() - begun < 10
    assert [pid for pid in children if Path(f"/proc/{pid}").exists()] == []


def test_children_do_not_outlive_a_killed_parent(doomed: Serving) -> None:
    children = list(doomed.children().values())
    doomed.parent.kill()

    wait_until(lambda: not [pid for pid in children if Path(f"/proc/{pid}").exists()], 12)


def test_secrets_are_readable_by_nobody_else(serving: Serving) -> None:
    keys = [path for path in (serving.data / "keys").iterdir() if path.is_file()]

    assert {path.name: path.stat().st_mode & 0o077 for path in keys if path.suffix != ".pem"} == {
        path.name: 0 for path in keys if path.suffix != ".pem"
    }
