"""docs/protocol.md says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from livekit.protocol import rtc

from signaling.control import COMMANDS
from signaling.roomservice import METHODS
from signaling.session import HANDLERS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/protocol.md").read_text()
SOURCES = {path.name: path.read_text() for path in (ROOT / "signaling").glob("*.py")}


def table(heading: str) -> set[str]:
    """First column of the table under a heading."""
    part = PAGE.split(f"{heading}\n", 1)[1]
    rows = re.split(r"\n#+ ", part)[0]
    return set(re.findall(r"^\| `([\w/{}.]+)` \|", rows, re.MULTILINE))


def test_every_handled_message_is_listed() -> None:
    assert table("## 2. What clients send") == set(HANDLERS) | {"leave"}


def test_every_sent_message_is_listed() -> None:
    names = set(rtc.SignalResponse.DESCRIPTOR.fields_by_name)
    code = "\n".join(SOURCES.values())
    sent = set(re.findall(r"\.send\(\s*(\w+)=", code)) | set(re.findall(r"SignalResponse\((\w+)=", code))
    assert table("## 3. What the server sends") == sent & names


def test_every_command_and_event_is_listed() -> None:
    assert table("### Commands") == set(COMMANDS)
    worker = "".join(SOURCES[name] for name in SOURCES if name != "pool.py")
    assert table("### Events") == set(re.findall(r'"event": "(\w+)"', worker))


def test_every_method_of_the_server_api_is_listed() -> None:
    assert table("## 5. Server API") == set(METHODS)


def test_every_address_is_listed() -> None:
    code = SOURCES["worker.py"] + SOURCES["whip.py"]
    paths = set(re.findall(r'Route\(\s*"(/[\w/{}:.]+)"', code))
    assert table("## 1. Addresses") == {path for path in paths if "{rest" not in path}
