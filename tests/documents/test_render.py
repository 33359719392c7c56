"""Every paper says what its facts say, the same way each time, and can do nothing but be read."""

from __future__ import annotations

import base64
import re
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

import documents
from documents import check, press, qr
from odr import facts
from odr.errors import BadInput, DocumentTooLarge, RenderingFailed, Unprintable
from tests.documents import samples
from tests.documents.conftest import sample

ROOT = str(Path(__file__).parents[2])
NAMES = [name for _, name, _ in samples.ALL]


def text_of(pdf: bytes) -> str:
    """What a second reader, poppler, makes of the paper."""
    return subprocess.run(
        ["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()


@pytest.mark.parametrize("name", NAMES)
def test_the_paper_says_what_the_facts_say(printed, name):
    _, f = sample(name)
    said = Counter(re.sub(r"\s", "", text_of(printed(name))))

    for leaf in check.leaves(f):
        assert not Counter(re.sub(r"\s", "", leaf)) - said, leaf


@pytest.mark.parametrize("name", NAMES)
def test_the_paper_is_tagged_archival_pdf_with_its_facts_inside(printed, name):
    with pikepdf.open(BytesIO(printed(name))) as pdf, pdf.open_metadata() as metadata:
        assert metadata.get("pdfaid:part") == "3"
        assert metadata.get("pdfaid:conformance") == "A"
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.OutputIntents
        assert (
            pdf.attachments["facts.json"].get_file().read_bytes() == facts.to_json(sample(name)[1]).encode()
        )


@pytest.mark.parametrize("name", ["agreement_korean", "registration", "ruling_confirm", "case_file"])
def test_what_an_archive_asks_of_a_file_and_can_be_counted_is_there(printed, name):
    with pikepdf.open(BytesIO(printed(name))) as pdf:
        (intent,), stored = pdf.Root.OutputIntents, pdf.Root.AF[0]
        fonts = {str(font.BaseFont): font for page in pdf.pages for font in page.resources.Font.values()}
        inner = [font.DescendantFonts[0] for font in fonts.values()]
        used = {str(step.operator) for page in pdf.pages for step in pikepdf.parse_content_stream(page)}
        assert intent.DestOutputProfile.N == 3
        assert stored.AFRelationship == "/Data"
        assert stored.EF.F.Subtype == "/application/json"
        assert all("/ToUnicode" in font for font in fonts.values())
        assert all({"/FontFile2", "/FontFile3"} & set(one.FontDescriptor.keys()) for one in inner)
        assert not pdf.is_encrypted
        assert "BDC" in used
        assert "BI" not in used


def structure(pdf: pikepdf.Pdf) -> list[pikepdf.Dictionary]:
    """Every element of the tag tree, in reading order."""
    found, waiting = [], [pdf.Root.StructTreeRoot]
    while waiting:
        one = waiting.pop()
        found.append(one)
        inner = one.get("/K", [])
        inner = list(inner) if isinstance(inner, pikepdf.Array) else [inner]
        waiting += [kid for kid in reversed(inner) if isinstance(kid, pikepdf.Dictionary) and "/S" in kid]
    return found[1:]


@pytest.mark.parametrize("name", ["agreement_korean", "registration", "ruling_confirm", "case_file"])
def test_a_screen_reader_finds_title_headings_tables_and_words_for_every_picture(printed, name):
    with pikepdf.open(BytesIO(printed(name))) as pdf:
        tags = structure(pdf)
        assert pdf.Root.Lang == "zh-CN"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert all(page.Tabs == "/S" for page in pdf.pages)
        assert "/H1" in [tag.S for tag in tags]
        assert all(str(tag.Alt) for tag in tags if tag.S == "/Figure")


def test_the_second_text_of_a_bilingual_court_is_read_aloud_in_korean(printed):
    with pikepdf.open(BytesIO(printed("agreement_korean"))) as pdf:
        spoken = [str(tag.Lang) for tag in structure(pdf) if "/Lang" in tag]

    assert spoken
    assert set(spoken) == {"ko"}


def test_another_process_with_another_hash_seed_prints_the_same_bytes(printed, tmp_path):
    _, f = sample("agreement")
    (tmp_path / "facts.json").write_text(facts.to_json(f))

    subprocess.run(
        [sys.executable, "-m", "documents", tmp_path / "facts.json", tmp_path / "out.pdf"],
        check=True, env={"PYTHONHASHSEED": "7", "PATH": ""},
    )  # fmt: skip

    assert (tmp_path / "out.pdf").read_bytes() == printed("agreement")


@pytest.mark.parametrize("name", [samples.RARE, samples.LEVEL_3], ids=["names", "level-3"])
def test_rare_names_print_from_embedded_faces(name):
    kind, f = sample("extension")

    pdf = documents.render(kind, replace(f, reason=name, organisation=name))

    assert text_of(pdf).replace("\n", "").count(name) == 2  # in the title's face and in the text's
    with pikepdf.open(BytesIO(pdf)) as document:
        assert name in check.text(document)  # every glyph has its character, so none of them is a box


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ruling_confirm_korean", "조정합의는유효하다"),
        ("agreement_korean", "60,000.00"),
        ("acceptance_notice_korean", "비용이없다"),
        ("sitting_notice_korean", "2026년11월18일09시30분"),
        ("rights_notice_korean", "조정은자발적이다"),
    ],
)
def test_a_bilingual_court_says_it_in_korean_after_the_chinese(printed, name, words):
    said = re.sub(r"\s", "", text_of(printed(name)))

    assert words in said.partition("조선문본")[2]
    assert said.index(samples.RARE[0]) < said.index("조선문본")


def test_a_court_of_one_language_keeps_to_it(printed):
    assert "조선문본" not in text_of(printed("ruling_confirm"))


@pytest.mark.parametrize("hidden", ["\u202e", "\u0007", "\U0001f600", "\u2067"])
def test_characters_no_paper_can_show_are_refused_by_number(hidden):
    kind, f = sample("extension")

    with pytest.raises(Unprintable) as refused:
        documents.render(kind, replace(f, reason=f"出差{hidden}"))

    assert refused.value.details["characters"] == f"U+{ord(hidden):04X}"


def test_the_lines_end_on_both_edges(printed):
    words = subprocess.run(
        ["pdftotext", "-bbox-layout", "-f", "1", "-l", "1", "-", "-"],
        input=printed("ruling_confirm"),
        capture_output=True,
        check=True,
    ).stdout.decode()
    edges = [float(edge) for edge in re.findall(r'<line xMin="[\d.]+" yMin="[\d.]+" xMax="([\d.]+)"', words)]

    assert sum(518 < edge < 526 for edge in edges) >= 8  # 210 mm - 26 mm = 521.6 pt


@pytest.mark.parametrize("words", ["。" * 200, "—" * 120, "3f" * 150, "A" * 300, "é" * 200])
def test_no_word_is_so_long_that_it_leaves_the_sheet(words):
    kind, f = sample("registration")
    pdf = documents.render(kind, replace(f, brief=words, claims=(words,), cause=words))
    drawn = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True)

    edges = [float(edge) for edge in re.findall(rb'xMax="([\d.]+)"', drawn.stdout)]

    assert max(edges) < 595.3 - 58  # A4 less the narrower margin of a form


def test_the_square_code_leads_to_this_number_and_these_facts():
    _, f = sample("ruling_confirm")

    payload = qr.payload(f)

    assert payload.startswith("https://odr.example/verify?n=")
    assert payload.endswith("&h=" + facts.digest(f).removeprefix("sha256:")[:16])


def test_a_signature_that_is_no_picture_is_refused():
    kind, f = sample("agreement")
    forged = replace(f.signatures[0], image=base64.b64encode(b"<svg onload=alert(1)>").decode())

    with pytest.raises(BadInput, match="bad-input"):
        documents.render(kind, replace(f, signatures=(forged,)))


def test_a_picture_that_unpacks_to_gigabytes_is_refused():
    kind, f = sample("agreement")
    bomb = BytesIO()
    Image.new("1", (20000, 20000)).save(bomb, "PNG")
    huge = replace(f.signatures[0], image=base64.b64encode(bomb.getvalue()).decode())

    with pytest.raises(BadInput):
        documents.render(kind, replace(f, signatures=(huge,)))


@pytest.mark.parametrize("brief", ["长" * 1_000_000, "字" * 210_000])
def test_more_than_a_paper_holds_is_refused(brief):
    kind, f = sample("agreement")

    with pytest.raises(DocumentTooLarge):
        documents.render(kind, replace(f, brief=brief))


def test_ten_thousand_clauses_are_refused_in_time():
    kind, f = sample("agreement")

    with pytest.raises(DocumentTooLarge):
        documents.render(kind, replace(f, clauses=f.clauses[1:] * 5000))
    with pytest.raises(DocumentTooLarge):
        documents.render(kind, replace(f, clauses=(replace(f.clauses[2], text="甲。"),) * 501))


def test_a_renderer_that_hangs_is_ended_and_the_next_document_prints(printed):
    hurried = press.Press(seconds=-4.99)  # the grace for a cold start is all it has, and none of it is left
    _, f = sample("extension")
    with pytest.raises(DocumentTooLarge):
        hurried.render(f)

    hurried.seconds = 20

    assert hurried.render(f) == printed("extension")
    hurried.stop()


def test_a_killed_renderer_is_replaced_unnoticed(printed):
    _, f = sample("extension")
    before = printed("extension")
    press.shared().process.kill()

    assert press.shared().render(f) == before


@pytest.mark.parametrize(
    ("act", "end"),
    [
        ("bytearray(700 * 2**20)", 1),  # a traceback: MemoryError
        ("worker.allow_seconds(0)\nwhile True: pass", -signal.SIGXCPU),
        ("open('big', 'wb').write(bytes(60 * 2**20))", -signal.SIGXFSZ),
    ],
    ids=["memory", "processor", "files"],
)
def test_the_limits_hold_in_a_real_process(tmp_path, act, end):
    code = f"import signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_DFL)\nfrom documents import worker\nworker.limit()\n{act}"

    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env={"PYTHONPATH": ROOT}, capture_output=True, check=False
    )

    assert ended.returncode == end


def test_output_that_says_something_else_is_not_issued(printed):
    _, f = sample("extension")

    with pytest.raises(RenderingFailed, match="the attached facts differ"):
        check.require_true(printed("extension"), replace(f, reason="另一个理由"))


def test_the_renderer_has_no_network_and_no_secrets(printed):
    printed("extension")
    process = Path(f"/proc/{press.shared().process.pid}")

    names = set(re.findall(r"(?:^|\0)([A-Z_]+)=", (process / "environ").read_text()))
    routes = (process / "net/route").read_text().splitlines()[1:]

    assert names <= {"HOME", "TMPDIR", "LANG", "PYTHONPATH", "LC_CTYPE"}
    assert routes == [] or not can_unshare()


def can_unshare() -> bool:
    return subprocess.run(["unshare", "-n", "true"], capture_output=True, check=False).returncode == 0


printable = st.text(
    st.characters(codec="gb18030", exclude_categories=("C", "Z", "M", "So", "Lm"), max_codepoint=0x9FFF),
    min_size=1,
    max_size=60,
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=printable)
def test_any_text_prints_whole_or_is_refused(words):
    kind, f = sample("extension")
    try:
        pdf = documents.render(kind, replace(f, reason=words))
    except Unprintable:
        return

    assert pdf.startswith(b"%PDF")  # check.require_true has compared every character before it came here
