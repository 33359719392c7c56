"""The command `odr`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from odr import settings as reading
from odr.errors import KeyUnusable
from odr.settings import BadSetting, Settings
from web import logs

# Each command imports what it needs, and nothing more: a media worker pays for no PDF engine.


def serve(asked: argparse.Namespace) -> int:
    """all processes of the product: pages, media, jobs"""
    from web import supervise

    return supervise.serve(_settings(asked), asked.host, asked.port)


def demo(asked: argparse.Namespace) -> int:
    """the same on an invented court"""
    from web import furnishing, supervise

    settings = replace(_settings(asked), demo=True)
    furnishing.furnish(settings, sys.stdout)
    return supervise.serve(settings, asked.host, asked.port)


def web(asked: argparse.Namespace) -> int:
    """the pages alone"""
    from web import server

    return server.main(_settings(asked), asked.host, asked.port)


def work(asked: argparse.Namespace) -> int:
    """a job worker alone"""
    from web import work

    return work.main(_settings(asked))


def verify(asked: argparse.Namespace) -> int:
    """check a sealed paper, a recording or a data directory"""
    from web import verifying

    return verifying.main(asked.path, root=asked.root, as_json=asked.json, out=sys.stdout)


def clip(asked: argparse.Namespace) -> int:
    """cut a stretch out of a recording, with the proof that it belongs to it"""
    from web import clipping

    return clipping.main(asked.recording, asked.part, begin_s=asked.begin, end_s=asked.end, out=sys.stdout)


def migrate(asked: argparse.Namespace) -> int:
    """bring the database to this release"""
    from odr import schema
    from odr.db import Database

    schema.upgrade(Database(_settings(asked).database_url))
    return os.EX_OK


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; a wrong setting is one clear line."""
    words = list(sys.argv[1:] if argv is None else argv)
    if words[:1] == ["media"]:
        from signaling import worker

        return worker.main(words[1:])
    if words[:1] == ["due"]:
        from odr import due

        return due.main(words[1:], sys.stdout)
    if words[:1] == ["calendar"]:
        from odr import calendar_import

        return calendar_import.main(words[1:], sys.stdout)
    if words[:1] == ["bench"]:
        from web import bench

        return bench.main(words[1:])
    asked = _parser().parse_args(words)
    logs.begin()
    command: Callable[[argparse.Namespace], int] = asked.command
    try:
        return command(asked)
    except BadSetting as wrong:
        print(f"odr: {wrong}", file=sys.stderr)
    except KeyUnusable as wrong:
        print(f"odr: this key cannot be used: {wrong}", file=sys.stderr)
    return os.EX_CONFIG


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="odr", description="Online dispute resolution for people's courts.")
    commands = parser.add_subparsers(required=True, metavar="command")
    for command in (serve, demo, web):
        one = _command(commands, command)
        one.add_argument("--host", default="127.0.0.1")
        one.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
        one.add_argument("--data", type=Path, default=None if command is not demo else Path("var/demo"))
        one.add_argument("--workers", type=int, help="media workers")
    for command in (work, migrate):
        _command(commands, command).add_argument("--data", type=Path)
    one = _command(commands, clip)
    one.add_argument("recording", type=Path, help="its folder")
    one.add_argument("part", type=Path, help="the file to write")
    one.add_argument("--begin", type=float, default=0.0, help="seconds from its start")
    one.add_argument("--end", type=float, required=True)
    one = _command(commands, verify)
    one.add_argument("path", type=Path)
    one.add_argument("--root", type=Path, help="the court's root certificate, for a paper")
    one.add_argument("--json", action="store_true")
    commands.add_parser("media", help="the media worker alone, a small LiveKit server", add_help=False)
    commands.add_parser("calendar", help="import a year of the working calendar", add_help=False)
    commands.add_parser("due", help="when a clock of the law runs out, and why", add_help=False)
    return parser


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], run: Callable[..., int]
) -> argparse.ArgumentParser:
    one: argparse.ArgumentParser = commands.add_parser(run.__name__, help=run.__doc__)
    one.set_defaults(command=run)
    return one


def _settings(asked: argparse.Namespace) -> Settings:
    """Settings from the environment, under what the command line says."""
    env = dict(os.environ)
    if getattr(asked, "workers", None):
        env["ODR_MEDIA_WORKERS"] = str(asked.workers)
    if hasattr(asked, "port"):
        env.setdefault("ODR_ORIGIN", f"http://127.0.0.1:{asked.port}")
    return reading.read(env, data=asked.data)


if __name__ == "__main__":
    raise SystemExit(main())
