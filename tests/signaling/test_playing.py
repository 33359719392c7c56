"""Chromium plays a recorded person and jumps about in the file."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from playwright.sync_api import sync_playwright

from tests.signaling import filmed
from tests.signaling.browsers import FLAGS
from tests.signaling.filmed import CAMERA, MICROPHONE, Take

FILM_S = 6


class Ranged(http.server.BaseHTTPRequestHandler):
    """One file, as a web server gives it: whole or the range asked for."""

    film: ClassVar[bytes]
    page = b"<video src=film.webm muted></video>"

    def do_GET(self) -> None:
        if self.path != "/film.webm":
            return self.answer(200, self.page, {"Content-Type": "text/html"})
        asked = self.headers.get("Range", "bytes=0-").removeprefix("bytes=")
        first, last = (int(text) if text else None for text in asked.split("-"))
        part = self.film[first or 0 : len(self.film) if last is None else last + 1]
        span = f"bytes {first}-{(first or 0) + len(part) - 1}/{len(self.film)}"
        return self.answer(
            206, part, {"Content-Type": "video/webm", "Content-Range": span, "Accept-Ranges": "bytes"}
        )

    def answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    take = Take(tmp_path)
    take.add(MICROPHONE, MICROPHONE.packets(filmed.sounds(FILM_S)))
    take.add(CAMERA, CAMERA.packets(filmed.pictures(FILM_S, keys=(0, 4))))
    film = take.directory / take.muxed(FILM_S).files[0].name
    handler = type("Handler", (Ranged,), {"film": film.read_bytes()})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


PLAY = """async () => {
  const video = document.querySelector("video");
  const told = name => new Promise(done => video.addEventListener(name, done, {once: true}));
  const whiteness = () => {
    const canvas = new OffscreenCanvas(8, 8), pen = canvas.getContext("2d");
    pen.drawImage(video, 0, 0, 8, 8);
    return pen.getImageData(4, 4, 1, 1).data[0];
  };
  if (video.readyState < 1) await told("loadedmetadata");
  const sought = [];
  for (const at of [5.05, 1.05, 4.5, 0.5]) {
    video.currentTime = at;
    await told("seeked");
    sought.push(whiteness() > 180);
  }
  video.currentTime = 4.8;
  video.playbackRate = 4;
  await video.play();
  await told("ended");
  return {duration: video.duration, end: video.currentTime, width: video.videoWidth,
          seekable: video.seekable.end(0), sought, error: video.error && video.error.message};
}"""


def test_chromium_plays_and_seeks_it(served: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        page = browser.new_page()
        page.goto(served)
        played = page.evaluate(PLAY)
        browser.close()
    assert played["error"] is None
    assert played["sought"] == [True, True, False, False]
    assert played["width"] == 160
    assert abs(played["seekable"] - FILM_S) < 0.2
    assert abs(played["duration"] - FILM_S) < 0.2
    assert abs(played["end"] - FILM_S) < 0.2
