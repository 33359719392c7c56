"""`/healthz`, `/readyz` with its reasons, and `/metrics` for this machine only."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from odr import clock, schema
from odr.outbox_dbos import Dbos
from odr.tables.records import Wakeup
from web import heartbeats
from web.ask import Site

LOCAL = ("127.0.0.1", "::1", "testclient")

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
SECONDS = Histogram("odr_request_seconds", "Time to answer", ["method", "route"], registry=REGISTRY)
ANSWERS = Counter("odr_answers", "Answers by status", ["method", "route", "status"], registry=REGISTRY)


async def healthz(request: Request) -> Response:
    """The process lives."""
    return PlainTextResponse("ok")


async def readyz(request: Request) -> Response:
    """Whether everything a person needs works; if not, what does not."""
    site: Site = request.app.state.site
    reasons = await run_in_threadpool(reasons_against, site)
    return JSONResponse({"ready": not reasons, "reasons": reasons}, 503 if reasons else 200)


async def metrics(request: Request) -> Response:
    """Prometheus text; to anybody but this machine there is no such page."""
    outside = (
        request.client is None or request.client.host not in LOCAL or "x-forwarded-for" in request.headers
    )
    if outside:
        return PlainTextResponse("not found", 404)
    return Response(
        await run_in_threadpool(text, request.app.state.site), media_type="text/plain; version=0.0.4"
    )


def reasons_against(site: Site) -> list[str]:
    """What is not in order, in words for the operator."""
    return [f"{name}: {trouble}" for name, check in CHECKS.items() if (trouble := _trouble(check, site))]


def _trouble(check: Callable[[Site], str], site: Site) -> str:
    try:
        return check(site)
    except Exception as wrong:  # whatever a broken part raises is the answer
        return str(wrong).splitlines()[0] if str(wrong) else type(wrong).__name__


def _database(site: Site) -> str:
    with site.db.transaction() as s:
        s.merge(Wakeup(name="readyz", at=clock.now()))
    return ""


def _schema(site: Site) -> str:
    return "" if schema.is_current(site.db) else "run `odr migrate`"


def _vault(site: Site) -> str:
    inbox = site.vault.inbox()
    inbox.write(b"readyz")
    inbox.drop()
    return ""


def _jobs(site: Site) -> str:
    with site.db.reading() as s:
        return "" if heartbeats.living(s, clock.now()) else "no worker was heard of"


def _media(site: Site) -> str:
    pool = site.state.get("media")
    gone = pool.gone() if pool else list(range(site.settings.media_workers))
    if gone and site.settings.media_url:
        return f"{site.settings.media_url} does not answer"
    return f"workers {gone} do not answer" if gone else ""


CHECKS: dict[str, Callable[[Site], str]] = {
    "database": _database,
    "schema": _schema,
    "vault": _vault,
    "jobs": _jobs,
    "media": _media,
}


def text(site: Site) -> bytes:
    """Everything we measure: what this process counted, and what the rows say now."""
    rows = CollectorRegistry()
    rows.register(_Rows(site))
    return generate_latest(REGISTRY) + generate_latest(rows)


class _Rows(Collector):
    def __init__(self, site: Site) -> None:
        self.site = site

    def collect(self) -> Iterator[GaugeMetricFamily]:
        items = GaugeMetricFamily("odr_outbox_items", "Outbox items", labels=["state"])
        workers = GaugeMetricFamily("odr_job_workers", "Job workers that live")
        with self.site.db.reading() as s:
            for state, number in Dbos(self.site.db).counts(s).items():
                items.add_metric([state], number)
            workers.add_metric([], len(heartbeats.living(s, clock.now())))
        yield items
        yield workers
        pool = self.site.state.get("media")
        yield GaugeMetricFamily(
            "odr_media_workers_gone",
            "Media workers that do not answer",
            value=len(pool.gone()) if pool else 0,
        )


class Measured:
    """Counts and times every answer under the pattern of its route, never under the address itself."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun, status = time.perf_counter(), "500"

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = str(message["status"])
            await send(message)

        try:
            await self.app(scope, receive, noting)
        finally:
            route = getattr(scope.get("route"), "path", "none")
            SECONDS.labels(scope["method"], route).observe(time.perf_counter() - begun)
            ANSWERS.labels(scope["method"], route, status).inc()
