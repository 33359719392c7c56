"""Sheets: what is written out reads back as the same, and a stranger's bytes never do harm."""

from __future__ import annotations

import contextlib
import io
import zipfile

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from odr import roster_sheet, sheets
from odr.errors import BadInput
from odr.rules import entries
from odr.rules.entries import Entry

_words = st.text(max_size=30)
_entry = st.fixed_dictionaries(
    {
        "name": _words.filter(lambda text: text.strip()),
        "identity_number": st.sampled_from(["", "11010519491231002X", "从前登记的号码"]),
        "phone": st.one_of(st.just("13800001234"), _words),
        "sex": st.sampled_from(["", *entries.SEXES]),
        "kind": st.sampled_from([*entries.MEDIATOR_KINDS, "旧类别"]),
        "education": _words,
        "occupation": _words,
        "employer": _words,
        "licence_number": _words,
        "scope": st.lists(st.sampled_from([*entries.causes(), "旧案由"]), unique=True, max_size=4),
        "languages": st.lists(st.sampled_from(list(entries.LANGUAGES)), unique=True),
        "region": _words,
        "has_video": st.booleans(),
        "max_open_cases": st.integers(0, 500),
        "conflicts": st.lists(_words, max_size=3),
        "about": _words,
        "status": st.sampled_from(list(entries.STATUSES)),
        "certificate_number": _words,
        "listed_on": st.none() | st.dates().map(lambda day: day.isoformat()),
        "term_until": st.none() | st.dates().map(lambda day: day.isoformat()),
    }
)
_roster = st.dictionaries(st.text("abcdefgh2345", min_size=4, max_size=8), _entry, min_size=1, max_size=3)
_HOSTILE = {"x": {"phone": "=1+1", "name": "'=cmd|' /C calc'!A0"}}


def _made(**values: object) -> dict[str, Entry]:
    plain: Entry = {
        "name": "甲", "identity_number": "", "phone": "", "sex": "", "kind": "people", "education": "",
        "occupation": "", "employer": "", "licence_number": "", "scope": [], "languages": [], "region": "",
        "has_video": True, "max_open_cases": 20, "conflicts": [], "about": "", "status": "listed",
        "certificate_number": "", "listed_on": None, "term_until": None,
    }  # fmt: skip
    return {"abcd": plain | values}


@settings(max_examples=60, deadline=None)
@given(_roster)
@example(_made(name="'=cmd|' /C calc'!A0", phone="=1+1", about="@a\r\n-b", employer="'", region="_x0041_"))
@example(_made(conflicts=["甲公司", "乙公司"], languages=["nan", "zh"], about="一\n二"))
@pytest.mark.parametrize("write", [sheets.csv_text, lambda *a: sheets.xlsx(*a, title="调解员")])
def test_what_was_exported_changes_nothing_when_it_is_imported(write, known):
    data = write(roster_sheet.HEADINGS, roster_sheet.cells(known))

    found = roster_sheet.difference(sheets.read(data), known, whole=True)

    assert {line.change for line in found.lines} == {"same"}


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
@example(b"PK\x03\x04")
@example("姓名,身份证号码\n,".encode())
@example('姓名\n"'.encode())
@example(b"\xff\xfe\x00")
def test_any_bytes_are_a_sheet_or_refused(data):
    _judge(data)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 6000), st.binary(min_size=1, max_size=6))
def test_a_damaged_workbook_is_a_sheet_or_refused(at, junk):
    whole = sheets.xlsx(("姓名", "手机号码"), [["甲", "13800001234"]] * 20, title="调解员")

    _judge(whole[:at] + junk + whole[at + len(junk) :])


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 900), st.binary(min_size=1, max_size=6))
def test_a_workbook_with_damaged_xml_is_a_sheet_or_refused(at, junk):
    _judge(_with_sheet(lambda xml: xml[:at] + junk + xml[at + len(junk) :]))


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (b'<c r="XFD1048576"><v>1</v></c>', "sheet-too-long"),
        (b'<c r="XFD2"><v>1</v></c>', "sheet-too-wide"),
        (b"<c r='xfd2'><v>1</v></c>", "sheet-too-wide"),
        (b'<c s=">" r="A1048576"><v>1</v></c>', "sheet-too-long"),
        (b"<c/>" * 500, "sheet-too-long"),
    ],
)
def test_two_cells_cannot_ask_for_a_terabyte(cell, code):
    data = _with_sheet(lambda xml: xml.replace(b"</row>", cell + b"</row>", 1))

    with pytest.raises(BadInput) as refused:
        sheets.read(data)

    assert refused.value.details == {"file": code}


def test_a_zip_that_lies_about_its_length_is_refused():
    data = sheets.xlsx(("姓名",), [["甲" * 900]] * 900, title="调解员")
    name = b"xl/worksheets/sheet1.xml"
    place = data.rindex(name) - 46 + 24  # the length in the directory at the end

    with pytest.raises(BadInput):
        sheets.read(data[:place] + (10).to_bytes(4, "little") + data[place + 4 :])


def test_a_bomb_is_refused_before_it_is_unpacked():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (sheets.MOST_UNPACKED + 1))

    with pytest.raises(BadInput) as refused:
        sheets.read(target.getvalue())

    assert refused.value.details == {"file": "file-too-large"}


def test_a_formula_is_text_in_both_kinds_of_sheet():
    row = ["=1+1", "@x", "-2", "+3", "'q"]

    text = sheets.csv_text(list("abcde"), [row]).decode("utf-8-sig").splitlines()[1]
    book = sheets.xlsx(list("abcde"), [row], title="x")

    assert text == "'=1+1,'@x,'-2,'+3,''q"
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(book)).read("xl/worksheets/sheet1.xml")
    assert sheets.read(book)[1] == (2, row)


def test_faults_are_named_as_the_person_counts_rows():
    data = "姓名,手机,身份证号,类别\n\n甲,1380000,11010519491231002X,人民调解员\n".encode("gb18030")

    faults = roster_sheet.difference(sheets.read(data), {}, whole=False).faults

    assert [(f.row, f.heading, f.code) for f in faults] == [(3, "手机号码", "digits")]


def test_an_identity_number_kept_as_a_number_is_recognised_as_lost():
    data = _with_sheet(
        lambda xml: xml.replace(
            b"</row>", b'</row><row r="2"><c r="A2"><v>4.40106199001011E17</v></c></row>', 1
        )
    )

    assert sheets.read(data)[1][1][0] == sheets.DIGITS_LOST


def test_one_person_may_not_stand_in_two_rows():
    row = "甲,13800001234,11010519491231002x,人民调解员\n"
    data = f"姓名,手机号码,身份证号码,类别\n{row}{row}".encode()

    found = roster_sheet.difference(sheets.read(data), {}, whole=False)

    assert [line.change for line in found.lines] == ["add", "error"]
    assert found.faults[0].code == "twice"


def test_a_complete_list_removes_who_is_missing_and_a_partial_one_does_not():
    known = _made() | {"efgh": _made(name="乙")["abcd"]}
    data = sheets.csv_text(roster_sheet.HEADINGS, roster_sheet.cells(_made()))

    partial = roster_sheet.difference(sheets.read(data), known, whole=False)
    whole = roster_sheet.difference(sheets.read(data), known, whole=True)

    assert partial.of("remove") == ()
    assert [line.entry_id for line in whole.of("remove")] == ["efgh"]


def _judge(data: bytes) -> None:
    """Read, or refused with a word about the file; any other error fails the test."""
    with contextlib.suppress(BadInput):
        roster_sheet.difference(sheets.read(data), _made(), whole=True)


def _with_sheet(change) -> bytes:
    source = zipfile.ZipFile(io.BytesIO(sheets.xlsx(("姓名",), [], title="调解员")))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in source.namelist():
            data = source.read(name)
            archive.writestr(name, change(data) if name.endswith("sheet1.xml") else data)
    return target.getvalue()
