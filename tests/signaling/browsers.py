"""Chromium with the unmodified livekit-client, served by a small server of the test."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.async_api import Browser, Page, Playwright

HERE = Path(__file__).parent
FILES = {
    "/": HERE / "browser.html",
    "/livekit-client.esm.mjs": HERE.parents[1]
    / "web/node_modules/livekit-client/dist/livekit-client.esm.mjs",
}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
]


class _Pages(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        file = FILES.get(self.path)
        self.send_response(200 if file else 404)
        kind = "text/html" if self.path == "/" else "text/javascript"
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.end_headers()
        if file:
            self.wfile.write(file.read_bytes())

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def pages() -> Iterator[str]:
    """The address of a page with livekit-client in it."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Pages)
    threading.Thread(target=functools.partial(server.serve_forever, 0.05), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


async def launch(playwright: Playwright) -> Browser:
    """Headless Chromium with a false camera and microphone."""
    return await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)


async def open_peer(browser: Browser, address: str) -> Page:
    """A page of its own, ready to join."""
    page = await (await browser.new_context(permissions=["camera", "microphone"])).new_page()
    await page.goto(address)
    await page.wait_for_function("window.peer")
    return page
