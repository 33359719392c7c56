"""Settings, read once from the environment and checked at start."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

DIGESTS = ("sha256", "sm3")
SIGNING = ("es256", "rs256", "sm2")


class BadSetting(Exception):
    """A setting is wrong; the message names it and says what it should be."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting of the product. Each is listed in docs/operations.md."""

    data: Path
    database_url: str
    origin: str
    demo: bool
    smtp_url: str
    mail_from: str
    media_url: str
    media_key: str
    media_secret: str
    media_workers: int
    media_compiled: bool = False
    media_public: tuple[str, ...] = ()
    turn: tuple[str, ...] = ()  # relays for people whose network lets little out
    turn_secret: str = ""
    digest: str = "sha256"
    signing: str = "es256"
    tsa_url: str = ""  # an outside time-stamp authority, RFC 3161

    @property
    def secure(self) -> bool:
        """Whether pages travel over TLS, so cookies may demand it."""
        return self.origin.startswith("https://")

    @property
    def vault(self) -> Path:
        return self.data / "vault"

    @property
    def keys(self) -> Path:
        return self.data / "keys"

    @property
    def run(self) -> Path:
        return self.data / "run"

    @property
    def recordings(self) -> Path:
        return self.data / "recordings"


def read(env: Mapping[str, str] = os.environ, *, data: Path | None = None) -> Settings:
    """Settings from `ODR_…` variables; raises BadSetting with the name of the wrong one."""
    folder = (data or Path(env.get("ODR_DATA", "var"))).resolve()
    settings = Settings(
        data=folder,
        database_url=env.get("DATABASE_URL")
        or env.get("ODR_DATABASE_URL")
        or f"sqlite:///{folder / 'odr.db'}",
        origin=env.get("ODR_ORIGIN", "http://127.0.0.1:8000").rstrip("/"),
        demo=env.get("ODR_DEMO", "") == "1",
        smtp_url=env.get("ODR_SMTP_URL", ""),
        mail_from=env.get("ODR_MAIL_FROM", "court@localhost"),
        media_url=env.get("MEDIA_URL", ""),
        media_key=env.get("ODR_MEDIA_KEY", "odr"),
        media_secret=env.get("ODR_MEDIA_SECRET", ""),
        media_workers=_count(env, "ODR_MEDIA_WORKERS", os.cpu_count() or 1),
        media_compiled=env.get("ODR_MEDIA_COMPILED") == "1",
        digest=_one_of(env, "ODR_DIGEST", DIGESTS),
        signing=_one_of(env, "ODR_SIGNING", SIGNING),
        tsa_url=env.get("ODR_TSA_URL", ""),
        media_public=tuple(env.get("ODR_MEDIA_PUBLIC", "").replace(",", " ").split()),
        turn=tuple(env.get("ODR_TURN", "").replace(",", " ").split()),
        turn_secret=env.get("ODR_TURN_SECRET", ""),
    )
    _check(settings)
    return settings


def _one_of(env: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    text = env.get(name, choices[0])
    if text not in choices:
        raise BadSetting(f"{name} must be one of {', '.join(choices)}, not {text!r}")
    return text


def _count(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name, str(default))
    if not text.isdigit() or not 1 <= int(text) <= 64:
        raise BadSetting(f"{name} must be a whole number from 1 to 64, not {text!r}")
    return int(text)


def _check(settings: Settings) -> None:
    scheme = urlsplit(settings.database_url).scheme.split("+")[0]
    if scheme not in ("sqlite", "postgresql"):
        raise BadSetting(f"DATABASE_URL must begin with sqlite: or postgresql:, not {scheme!r}")
    origin = urlsplit(settings.origin)
    if origin.scheme not in ("http", "https") or not origin.hostname or origin.path:
        raise BadSetting("ODR_ORIGIN must look like https://odr.example.org")
    local = origin.hostname in ("127.0.0.1", "localhost", "::1")
    if origin.scheme == "http" and not local:
        raise BadSetting("ODR_ORIGIN must be https:// unless it is this machine itself")
    if settings.tsa_url and urlsplit(settings.tsa_url).scheme not in ("http", "https"):
        raise BadSetting("ODR_TSA_URL must look like https://tsa.example.org/tsa")
    media = urlsplit(settings.media_url)
    if settings.media_url and (
        media.scheme not in ("ws", "wss") or not media.hostname or media.path.strip("/")
    ):
        raise BadSetting("MEDIA_URL must look like wss://livekit.example.org")
    if settings.media_url and not settings.media_secret:
        raise BadSetting(
            "MEDIA_URL needs ODR_MEDIA_KEY and ODR_MEDIA_SECRET, the key and secret of that cluster"
        )
    if settings.turn and not settings.turn_secret:
        raise BadSetting("ODR_TURN needs ODR_TURN_SECRET, the secret the TURN server knows")
    if any(urlsplit(one).scheme not in ("turn", "turns") for one in settings.turn):
        raise BadSetting("ODR_TURN must look like turn:turn.example.org:3478?transport=udp")
    if settings.media_secret and len(settings.media_secret) < 32:
        raise BadSetting("ODR_MEDIA_SECRET must have at least 32 characters")
