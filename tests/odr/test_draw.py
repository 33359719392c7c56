"""Drawing by lot: fair, closed to the excluded, and repeatable by anybody."""

from __future__ import annotations

import json
import secrets
from collections import Counter
from typing import Any

import pytest

from odr.errors import BadInput
from odr.rules import draw

SEED = bytes(range(32))
POOL = ["王", "李", "张", "赵", "陈", "刘"]


def _draw(seed: bytes = SEED, **known: Any) -> draw.Draw:
    given: dict[str, Any] = {"pool": POOL, "exclusions": {}, "context": "confirmation:1:sha256:00"} | known
    return draw.draw(given["pool"], given["exclusions"], seed=seed, context=given["context"])


def test_the_same_seed_draws_the_same_name():
    assert _draw() == _draw(pool=[*reversed(POOL), "王"])


def test_another_matter_is_another_draw():
    assert len({_draw(context=f"case:{n}").chosen for n in range(60)}) == len(POOL)


def test_the_excluded_are_never_drawn():
    out = {"王": "conflict", "李": "full", "张": "declined", "赵": "term-over", "陈": "conflict"}

    assert {_draw(exclusions=out, context=str(n)).chosen for n in range(50)} == {"刘"}


def test_nobody_left_is_refused():
    with pytest.raises(BadInput):
        _draw(exclusions=dict.fromkeys(POOL, "full"))


def test_a_short_seed_is_refused():
    with pytest.raises(BadInput):
        _draw(seed=b"short")


def test_every_name_is_as_likely_as_another():
    drawn = Counter(_draw(secrets.token_bytes(32), context=str(n)).chosen for n in range(6_000))

    chi_squared = sum((drawn[name] - 1_000) ** 2 / 1_000 for name in POOL)

    assert chi_squared < 35  # five degrees of freedom: chance goes beyond once in a million runs


def test_a_published_draw_can_be_repeated():
    log = json.loads(json.dumps(_draw(exclusions={"王": "conflict"}).to_json()))

    assert draw.check(log)
    assert log["commitment"] == draw.commit(SEED)
    assert log["seed"] == SEED.hex()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("chosen", "王"),
        ("seed", "00" * 32),
        ("seed", "not hex"),
        ("commitment", "sha256:" + "0" * 64),
        ("context", "confirmation:2:sha256:00"),
        ("pool", ["王", "李"]),
        ("pool", 7),
        ("exclusions", {"李": "full"}),
        ("algorithm", "掷骰子"),
    ],
)
def test_a_changed_log_is_found_out(field: str, value: object):
    log = _draw(exclusions={"王": "conflict"}).to_json()

    assert not draw.check(log | {field: value})


def test_a_log_with_a_field_missing_is_found_out():
    log = _draw().to_json()
    del log["seed"]

    assert not draw.check(log)
