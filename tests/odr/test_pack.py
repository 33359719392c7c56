"""The rule pack: whole, cited, in three languages; a wrong row is named."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from odr.rules import pack, triage
from odr.rules.law import Words
from odr.rules.moves import ALL
from odr.rules.pack import BadPack
from odr.rules.stages import clocks
from odr.rules.words import ClauseKind, Dismissal, Do, EndReason, NotAccepted, Track

CATALOGUE = [
    "T-REG",
    "T-PICK",
    "T-APPT",
    "T-ACC",
    "T-CONT",
    "T-LINK",
    "T-MED-A",
    "T-MED-O",
    "T-MED-S",
    "T-EXT-B",
    "T-OBJ-SCHEME",
    "T-JC-APPLY",
    "T-JC-ACC",
    "T-JC-DEC",
    "T-JC-MAX",
    "T-JC-SUP",
    "T-JC-OBJ-P",
    "T-JC-OBJ-T",
    "T-ENF",
    "T-FEE",
    "T-REFUND",
    "T-PRES",
    "T-PRES-SUE",
    "T-ANN",
    "T-ENTR",
    "T-PO-ACC",
    "T-PO-ISS",
    "T-PO-OBJ",
    "T-PO-NOSERVE",
    "T-RECUSE",
    "T-COMPL",
    "T-COMPL-MED",
    "T-PET-TELL",
    "T-PET",
    "T-12368",
]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the pack to break."""
    return Path(shutil.copytree(pack.FOLDER, tmp_path / "pack"))


def test_the_catalogue_of_clocks_is_complete():
    assert sorted(pack.load().clocks) == sorted(CATALOGUE)


def test_every_clock_that_a_move_names_is_in_the_pack():
    assert clocks(ALL) - set(pack.load().clocks) == {"T-MED"}


def test_every_track_has_its_rule():
    assert set(pack.load().tracks) == set(Track)


def test_the_closed_lists_are_the_law_s():
    grounds = pack.load().grounds

    assert [len(grounds[name]) for name in ("not_accepted", "dismissal", "end")] == [5, 6, 8]
    assert list(grounds["not_accepted"]) == [g.value for g in NotAccepted]
    assert list(grounds["dismissal"]) == [g.value for g in Dismissal]
    assert list(grounds["end"]) == [r.value for r in EndReason]


def test_every_word_is_said_in_three_languages():
    found = list(_words(pack.load()))

    assert len(found) > 300
    assert [w for w in found if not (w.zh and w.ko and w.en)] == []
    assert [w for w in found if any("가" <= c <= "힣" for c in w.zh + w.en)] == []
    assert [w for w in found if not any("가" <= c <= "힣" for c in w.ko)] == []
    assert [w for w in found if any("一" <= c <= "鿿" for c in w.en)] == []


def test_a_reader_gets_words_of_the_own_language_and_chinese_otherwise():
    words = Words(zh="和解", ko="화해", en="Settlement")

    assert [words.say(locale) for locale in ("zh_CN", "ko", "en", "fr")] == [
        "和解",
        "화해",
        "Settlement",
        "和解",
    ]


def test_every_triage_rule_has_its_test():
    assert [rule.id for rule in pack.load().triage] == list(triage.TESTS)


def test_the_regime_follows_the_day_of_the_complaint():
    assert pack.default_track(date(2024, 12, 31), complaint=True) is Track.PRE_FILING_DELEGATED
    assert pack.default_track(date(2025, 1, 1), complaint=True) is Track.POST_FILING_COMMISSIONED
    assert pack.default_track(date(2026, 1, 1), complaint=False) is Track.PARTY_APPLIED


def test_delegation_before_filing_is_closed_since_2025():
    rule = pack.load().tracks[Track.PRE_FILING_DELEGATED]

    assert rule.open_on(date(2024, 12, 31))
    assert not rule.open_on(date(2025, 1, 1))


@pytest.mark.parametrize(
    ("use", "on", "track", "code"),
    [
        ("filing", date(2026, 3, 1), None, "民初"),
        ("mediation", date(2024, 3, 1), Track.PRE_FILING_DELEGATED, "诉前调"),
        ("mediation", date(2026, 3, 1), Track.PARTY_APPLIED, "网调"),
        ("confirmation", date(2024, 3, 1), Track.PRE_FILING_DELEGATED, "诉前调确"),
        ("confirmation", date(2026, 3, 1), Track.PRE_FILING_DELEGATED, "民特"),
        ("confirmation", date(2026, 3, 1), Track.PARTY_APPLIED, "民特"),
    ],
)
def test_case_type_codes_follow_track_and_day(use: str, on: date, track: Track | None, code: str):
    assert pack.case_code(use, on=on, track=track) == code


def test_a_court_may_set_its_own_code():
    settings = {"codes": {"confirmation": "诉前调确"}}

    assert pack.case_code("confirmation", on=date(2026, 3, 1), track=None, settings=settings) == "诉前调确"


def test_a_citation_reads_as_a_lawyer_writes_it():
    assert pack.cite(["CPL-205", "OPN"]) == (
        "《中华人民共和国民事诉讼法》第205条；《最高人民法院关于严格依法规范民事案件立案与调解工作的意见》"
    )


@pytest.mark.parametrize(
    ("file", "old", "new", "named"),
    [
        ("clocks.toml", 'id = "T-PICK"\n', 'id = "T-REG"\n', "clocks.toml clock 2: T-REG stands there twice"),
        ("clocks.toml", "length = 7\n", 'length = "7"\n', "clocks.toml clock 1.length: not-int"),
        ("clocks.toml", "length = 7\n", "length = 0\n", "clocks.toml T-REG: wrong length"),
        ("clocks.toml", 'unit = "d"\n', 'unit = "days"\n', "clocks.toml T-REG: wrong unit"),
        ("clocks.toml", 'bound = "court"\n', "", "clocks.toml clock 1"),
        ("clocks.toml", '"CPL-126"', '"XYZ-126"', "Clock T-REG: cites unknown XYZ-126"),
        ("clocks.toml", 'id = "T-JC-SUP"\n', 'id = "T-JC-SUPP"\n', "clocks.toml: no T-JC-SUP"),
        ("tracks.toml", '"T-MED-O"', '"T-MED-X"', "tracks.toml post-filing-commissioned: no clock T-MED-X"),
        ("causes.toml", '"payment-order"', '"pay"', "causes.toml private-lending: no route pay"),
        (
            "causes.toml",
            'type = "money"',
            'type = "cash"',
            "causes.toml private-lending.principal: wrong type",
        ),
        ("grounds.toml", 'key = "wide-gap"', 'key = "gap"', "grounds.toml end: must be exactly agreement"),
        (
            "fees.toml",
            "up_to_fen = 10_000_000, rate = 250",
            "rate = 250",
            "fees.toml property: bands must rise",
        ),
        ("routes.toml", 'act = "divert"', 'act = "send"', "routes.toml payment-order: send is no act"),
        ("calendar.toml", "2024-02-04", "2025-02-04", "calendar.toml 2024: a day of another year"),
        ("calendar.toml", "year = 2024", "year = [", "calendar.toml: "),
    ],
)
def test_a_wrong_row_is_named(copy: Path, file: str, old: str, new: str, named: str):
    text = (copy / file).read_text()
    (copy / file).write_text(text.replace(old, new, 1))

    with pytest.raises(BadPack, match=named):
        pack.read(copy)


def test_a_kind_of_clause_cannot_be_forgotten():
    assert list(pack.load().clauses) == [kind.value for kind in ClauseKind]


def test_every_route_is_taken_by_an_act():
    assert {route.act for route in pack.load().routes.values()} <= {do.value for do in Do}


def _words(value: object):
    if isinstance(value, Words):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _words(item)
    elif hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__:
            yield from _words(getattr(value, name))
    elif hasattr(value, "values"):
        for item in value.values():
            yield from _words(item)
