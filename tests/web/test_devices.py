"""A camera of the venue in a sitting: the host asks for its token, ffmpeg brings the picture, through the court's own address."""

from __future__ import annotations

import base64
import json
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import imageio_ffmpeg
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from odr import settings
from odr.db import Database
from tests.make import Make
from tests.signaling.offers import offer, section
from tests.signaling.peers import KEY, SECRET, Controller, Server
from tests.web.conftest import Made, once
from tests.web.test_media import Live
from web.app import create_app

pytestmark = pytest.mark.slow
OFFER = offer(section("audio", "0", "sendonly", "mic", (5,)))


@pytest.fixture
def app(embedded: Callable[[], Database], tmp_path: Path) -> Iterator[Starlette]:
    """The site with one media worker beside it."""
    embedded().close()
    told = {"ODR_MEDIA_KEY": KEY, "ODR_MEDIA_SECRET": SECRET, "ODR_MEDIA_WORKERS": "1"}
    app = create_app(settings.read(told, data=tmp_path))
    chosen = app.state.site.settings
    chosen.run.mkdir(exist_ok=True)
    worker = Server(chosen.run / "media-0.sock")
    yield app
    assert "Traceback" not in worker.stop()
    app.state.site.db.close()


@pytest.fixture
def live(made: Made) -> tuple[str, str, str]:
    """A sitting that has begun: its id, its host, a party."""

    def build(make: Make) -> tuple[str, str, str]:
        live = Live(make)
        live.begin()
        return live.sitting.id, live.mediator.ref, live.applicant.ref

    return made(build)


def test_a_camera_of_the_venue_comes_into_the_joint_room_and_leaves(
    app: Starlette,
    live: tuple[str, str, str],
    client_for: Callable[..., TestClient],
    address: str,
) -> None:
    sitting, host, party = live
    assert client_for(party).post(f"/sittings/{sitting}/device", data=once()).status_code == 403
    page = client_for(host).post(f"/sittings/{sitting}/device", data=once())
    assert page.status_code == 200
    assert f"/whip/{sitting}" in page.text
    token = re.search(r"<code class=\"long\">([\w.-]+)</code>", page.text)[1]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-re"]
    command += [
        "-f",
        "lavfi",
        "-i",
        "testsrc=size=320x240:rate=15",
        "-c:v",
        "libx264",
        "-profile:v",
        "baseline",
    ]
    command += ["-preset", "ultrafast", "-tune", "zerolatency", "-pix_fmt", "yuv420p", "-threads", "1"]
    command += ["-f", "whip", "-authorization", token, f"{address}/whip/{sitting}"]
    control = Controller(app.state.site.settings.run / "media-0.sock")

    def people() -> dict[str, dict]:
        state = control.ask("state", sitting=sitting)["state"]
        return state["rooms"]["joint"]["people"] if state else {}

    def shown() -> list[str]:
        return [name for name, one in people().items() if [t["source"] for t in one["tracks"]] == ["camera"]]

    until(lambda: control.ask("state", sitting=sitting)["state"])
    camera = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    try:
        until(lambda: len(shown()) == 1)
    finally:
        camera.send_signal(signal.SIGINT)
        camera.wait(15)
    until(lambda: not people())
    control.close()


def test_one_camera_is_put_out_at_once_and_the_other_stays(
    app: Starlette, live: tuple[str, str, str], client_for: Callable[..., TestClient], address: str
) -> None:
    sitting, host, party = live
    hosts, client = client_for(host), TestClient(app, base_url=address)
    pages = [hosts.post(f"/sittings/{sitting}/device", data=once()).text for _ in range(2)]
    tokens = [re.search(r"<code class=\"long\">([\w.-]+)</code>", page)[1] for page in pages]
    control = Controller(app.state.site.settings.run / "media-0.sock")

    def people() -> set[str]:
        state = control.ask("state", sitting=sitting)["state"]
        return set(state["rooms"]["joint"]["people"]) if state else set()

    def came(token: str) -> int:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/sdp"}
        return client.post(f"/whip/{sitting}", content=OFFER, headers=headers).status_code

    first, second = (subject(one) for one in tokens)
    until(lambda: came(tokens[0]) == 201)
    until(lambda: came(tokens[1]) == 201)
    assert people() == {first, second}
    ending = f"/sittings/{sitting}/devices/{first}/end"
    assert client_for(party).post(ending, data=once()).status_code == 403
    assert f"devices/{first}/end" in hosts.get(f"/sittings/{sitting}").text
    assert hosts.post(ending, data=once()).status_code == 303
    until(lambda: people() == {second})
    assert came(tokens[0]) == 401
    assert hosts.post(ending, data=once()).status_code == 404
    control.close()


def test_nobody_comes_in_with_another_token(
    live: tuple[str, str, str], client_for: Callable[..., TestClient], address: str, app: Starlette
) -> None:
    sitting, host, party = live
    client = TestClient(app, base_url=address)
    ticket = client_for(party).post(f"/sittings/{sitting}/ticket", data=once()).json()["token"]
    page = client_for(host).post(f"/sittings/{sitting}/device", data=once()).text
    token = re.search(r"<code class=\"long\">([\w.-]+)</code>", page)[1]
    for shown, place, status in (
        ("", sitting, 401), ("x", sitting, 401), (ticket, sitting, 401), (token, "another", 401),
    ):  # fmt: skip
        headers = {"Authorization": f"Bearer {shown}", "Content-Type": "application/sdp"}
        assert client.post(f"/whip/{place}", content=OFFER, headers=headers).status_code == status
    assert client.delete("/whip/another/0").status_code == 404


def test_a_camera_that_goes_away_in_the_middle_of_its_words_leaves_no_trace(
    live: tuple[str, str, str],
    client_for: Callable[..., TestClient],
    address: str,
    app: Starlette,
    caplog: pytest.LogCaptureFixture,
) -> None:
    sitting, host, _ = live
    page = client_for(host).post(f"/sittings/{sitting}/device", data=once()).text
    token = re.search(r"<code class=\"long\">([\w.-]+)</code>", page)[1]
    head = f"POST /whip/{sitting} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n" \
           "Content-Type: application/sdp\r\nContent-Length: 5000\r\n\r\nv=0"  # fmt: skip
    where = urlsplit(address)
    with socket.create_connection((where.hostname, where.port)) as line:
        line.sendall(head.encode())
        time.sleep(0.3)
    time.sleep(0.5)
    assert TestClient(app, base_url=address).delete("/whip/another/0").status_code == 404
    assert not [one for one in caplog.records if one.exc_info]


def subject(token: str) -> str:
    body = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))["sub"]


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 15
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)
