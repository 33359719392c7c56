"""Scripts, styles and pictures, each at an address that holds its hash, so that browsers may keep it.

What others wrote comes from `web/node_modules` (locked, never committed) under `/static/vendor/`; ours is
`web/static`. A page names both with `asset("style.css")` and `vendor("htmx")`.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

HERE = Path(__file__).parent
OURS = HERE / "static"
MODULES = HERE / "node_modules"
VENDOR = {
    "livekit-client": "livekit-client/dist/livekit-client.esm.mjs",
    "signature_pad": "signature_pad/dist/signature_pad.min.js",
    "htmx": "htmx.org/dist/htmx.min.js",
    "htmx-sse": "htmx.org/dist/ext/hx-sse.min.js",
}
IMPORTED = ("livekit-client", "signature_pad")  # modules that a page imports by their bare name
FOR_GOOD = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as a page names it: where it is, and the hash a browser checks it against."""

    path: str
    integrity: str
    file: Path


@cache
def vendored(name: str) -> Asset:
    """A file of a front-end library; FileNotFoundError says that `npm ci` has not run."""
    return _asset(MODULES / VENDOR[name], f"/static/vendor/{name}.%s.js")


@cache
def ours(name: str) -> Asset:
    """A file of `web/static`."""
    return _asset(OURS / name, f"/static/{name}?v=%s")


def _asset(file: Path, path: str) -> Asset:
    data = file.read_bytes()
    integrity = "sha384-" + base64.b64encode(hashlib.sha384(data).digest()).decode()
    return Asset(path % hashlib.sha256(data).hexdigest()[:12], integrity, file)


def importmap() -> dict[str, dict[str, str]]:
    """What a page's import map says: bare names to addresses, addresses to hashes."""
    found = {name: vendored(name) for name in IMPORTED}
    return {
        "imports": {name: asset.path for name, asset in found.items()},
        "integrity": {asset.path: asset.integrity for asset in found.values()},
    }


class Files(StaticFiles):
    """Our own files: kept for good when asked for with their hash, else checked again each time."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        by_hash = b"v=" in scope["query_string"]
        answer.headers.setdefault("Cache-Control", FOR_GOOD if by_hash else "no-cache")
        if path == "offline.js":
            answer.headers["Service-Worker-Allowed"] = "/verify"  # the page that checks papers, and no other
        return answer


def library(request: Request) -> Response:
    """A vendored file, under the address that holds its hash and no other."""
    asset = next((a for a in map(vendored, VENDOR) if a.path == request.url.path), None)
    if asset is None:
        return Response(status_code=404)
    return FileResponse(asset.file, media_type="text/javascript", headers={"Cache-Control": FOR_GOOD})


def manifest(request: Request) -> Response:
    """Every library we hand out, with its hash."""
    assets = {name: vendored(name) for name in VENDOR}
    return JSONResponse({n: {"path": a.path, "integrity": a.integrity} for n, a in assets.items()})


def routes() -> list[BaseRoute]:
    """What `web.app` mounts."""
    return [
        Route("/static/vendor/manifest.json", manifest),
        Route("/static/vendor/{name}", library),
        Mount("/static", Files(directory=OURS)),
    ]
