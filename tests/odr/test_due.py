"""`odr due`: the answer, its reasons, and one line when the question is wrong."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from odr import due, schema
from odr.db import Database
from tests.make import Make


def _ask(*argv: str) -> tuple[int, str]:
    out = io.StringIO()
    return due.main(argv, out), out.getvalue()


def test_it_answers_as_json():
    code, text = _ask("T-PICK", "--from", "2026-02-13T09:30", "--json")

    assert code == 0
    assert json.loads(text)["due"] == "2026-02-24T23:59:59.999999+08:00"
    assert json.loads(text)["rule"] == "T-PICK"


def test_it_answers_in_words():
    _, text = _ask("T-JC-APPLY", "--from", "2026-01-20T09:30")

    assert text.splitlines()[0] == "T-JC-APPLY 共同申请司法确认期限：2026-02-24 23:59:59"
    assert "依据：《中华人民共和国民事诉讼法》第205条" in text
    assert "顺延：2026-02-19 春节" in text


def test_a_day_alone_is_enough():
    assert json.loads(_ask("T-REG", "--from", "2026-03-02", "--json")[1])["due"][:10] == "2026-03-09"


def test_an_instant_with_a_zone_is_turned_to_court_time():
    told = json.loads(_ask("T-REG", "--from", "2026-03-02T17:00+00:00", "--json")[1])

    assert told["since"] == "2026-03-03T01:00:00+08:00"


def test_the_mediation_clock_wants_its_track():
    assert _ask("T-MED", "--from", "2026-03-02T09:30") == (2, "track: needed\n")
    assert (
        json.loads(_ask("T-MED", "--from", "2026-03-02", "--track", "judge-led", "--summary", "--json")[1])[
            "rule"
        ]
        == "T-MED-S"
    )


@pytest.mark.parametrize(
    ("argv", "line"),
    [
        (("T-NEVER", "--from", "2026-03-02"), "rule: unknown\n"),
        (("T-REG", "--from", "yesterday"), "from: not-a-time\n"),
        (("T-REG", "--from", "9999-12-20T09:30"), "from: not-a-time\n"),
    ],
)
def test_a_wrong_question_gets_one_line(argv: tuple[str, ...], line: str):
    assert _ask(*argv) == (2, line)


def test_a_question_without_a_beginning_is_refused(capsys: pytest.CaptureFixture[str]):
    assert _ask("T-REG")[0] == 2
    assert "--from" in capsys.readouterr().err


def test_a_court_s_own_promise_is_applied(tmp_path: Path):
    db = Database(f"sqlite:///{tmp_path / 'odr.db'}")
    schema.upgrade(db)
    with db.transaction() as s:
        Make(s).override("T-JC-DEC", length=7)
    db.close()

    code, text = _ask(
        "T-JC-DEC", "--from", "2026-03-02", "--court", "粤0106", "--data", str(tmp_path), "--json"
    )

    assert (code, json.loads(text)["due"][:10]) == (0, "2026-03-09")
    assert _ask("T-JC-DEC", "--from", "2026-03-02", "--court", "吉75", "--data", str(tmp_path)) == (
        2,
        "court: unknown\n",
    )


def test_asking_about_a_court_makes_no_database(tmp_path: Path):
    argv = ("T-REG", "--from", "2026-03-02", "--court", "粤0106", "--data", str(tmp_path))

    assert _ask(*argv) == (2, "court: no-database\n")
    assert list(tmp_path.iterdir()) == []
