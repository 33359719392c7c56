"""docs/operations.md names every setting, process, endpoint and metric there is."""

from __future__ import annotations

import inspect
import re
from dataclasses import replace
from pathlib import Path

import pytest

from odr import settings
from web import health, supervise

PAGE = Path("docs/operations.md").read_text()


def test_every_setting_is_explained() -> None:
    read = set(re.findall(r'"((?:ODR|MEDIA|DATABASE)_[A-Z_]+)"', inspect.getsource(settings)))

    assert read == set(re.findall(r"`((?:ODR|MEDIA|DATABASE)_[A-Z_]+)`", PAGE))


def test_every_process_is_listed(tmp_path: Path) -> None:
    chosen = replace(settings.read({}, data=tmp_path), media_secret="x" * 32, media_workers=1)

    names = [child.name for child in supervise.household(chosen, "127.0.0.1", 8000)]

    assert [f"| {name}" in PAGE or f", {name}" in PAGE for name in names] == [True] * len(names)


def test_every_metric_is_named() -> None:
    names = re.findall(r'"(odr_[a-z_]+)"', inspect.getsource(health))

    assert names
    assert [name for name in names if f"`{name}`" not in PAGE] == []


def test_every_reason_readyz_knows_is_told() -> None:
    words = {
        "database": "database",
        "schema": "schema",
        "vault": "vault",
        "jobs": "job worker",
        "media": "media worker",
    }

    assert set(words) == set(health.CHECKS)
    assert all(word in PAGE for word in words.values())


@pytest.mark.parametrize("wrong", [{"ODR_ORIGIN": "http://court.example"}, {"ODR_MEDIA_WORKERS": "many"}])
def test_a_wrong_setting_is_refused_by_its_name(wrong: dict[str, str]) -> None:
    with pytest.raises(settings.BadSetting, match=next(iter(wrong))):
        settings.read(wrong)
