"""The web process: pages, event streams and signalling under uvicorn."""

from __future__ import annotations

import os

import uvicorn
import websockets.http11

from odr import digests, letterhead, outbox, seals
from odr.outbox_dbos import Dbos
from odr.settings import Settings
from signaling.relay import REQUEST_LINE
from web.app import create_app
from web.ask import Site

PEOPLE = 1000  # connections at once: a page, an event stream and a sitting are one each
MESSAGE = 524_288  # bytes; an offer of a full sitting is large, its worker allows as much
DRAIN = 8  # seconds for what is under way when we are told to stop


def main(settings: Settings, host: str, port: int) -> int:
    """Serve until told to stop."""
    app = create_app(settings)
    site: Site = app.state.site
    outbox.use(Dbos(site.db))
    letterhead.use(settings.origin)
    seals.use(seals.key_in(settings.keys))
    digests.use(settings.digest)
    websockets.http11.MAX_LINE_LENGTH = REQUEST_LINE  # before the first handshake is read
    uvicorn.run(
        app,
        host=host,
        port=port,
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        ws_max_size=MESSAGE,
        ws_ping_interval=20,
        ws_ping_timeout=25,
        ws_per_message_deflate=False,
        h11_max_incomplete_event_size=REQUEST_LINE,
        limit_concurrency=PEOPLE,
        server_header=False,
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=DRAIN,
    )
    return os.EX_OK
