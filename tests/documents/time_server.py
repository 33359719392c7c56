"""An RFC 3161 authority over HTTP on this machine: the built-in one, served; it can be told to fail."""

from __future__ import annotations

import threading
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from asn1crypto import cms, tsp

from documents.authority import Authority


class TimeServer:
    """`with TimeServer(authority, at) as server:` answers at `server.url` until the end of the block."""

    def __init__(self, authority: Authority, at: datetime, trouble: str = "") -> None:
        self.authority, self.at, self.trouble = authority, at, trouble
        self.asked = 0
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.port = self.server.server_port
        self.url = f"http://127.0.0.1:{self.port}/tsa"
        if trouble == "down":
            self.server.server_close()

    def __enter__(self) -> Self:
        if self.trouble != "down":
            threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.trouble != "down":
            self.server.shutdown()
            self.server.server_close()

    def answer(self, request: tsp.TimeStampReq) -> bytes:
        """The reply to one request."""
        if self.trouble == "nonsense":
            return b"<html>captive portal</html>"
        if self.trouble == "refuses":
            status = {"status": "rejection", "fail_info": {"bad_alg"}}
            return bytes(tsp.TimeStampResp({"status": status}).dump())
        imprint = request["message_imprint"]
        digest = imprint["hashed_message"].native
        token = self.authority.time.token(
            digest[::-1] if self.trouble == "other digest" else digest,
            imprint["hash_algorithm"]["algorithm"].native,
            self.at,
            nonce=request["nonce"].native,
        )
        reply = {"status": {"status": "granted"}, "time_stamp_token": cms.ContentInfo.load(token)}
        return bytes(tsp.TimeStampResp(reply).dump())

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                owner.asked += 1
                assert self.headers["Content-Type"] == "application/timestamp-query"
                asked = self.rfile.read(int(self.headers["Content-Length"]))
                reply = owner.answer(tsp.TimeStampReq.load(asked))
                self.send_response(200)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply)

            def log_message(self, *_: Any) -> None: ...

        return Handler
