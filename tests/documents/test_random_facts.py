"""Whatever the facts are, the paper says them, character for character, and no glyph is missing."""

from __future__ import annotations

import os
import re
import unicodedata
from collections import Counter
from io import BytesIO
from random import Random

import pikepdf
import pytest

from documents import check, compose, faces
from odr import facts
from tests.documents.random_facts import invent
from tests.documents.test_render import text_of

SETS = int(os.environ.get("ODR_RANDOM_FACTS", "500"))
KINDS = list(facts.KINDS.values())
OURS = {str(faces.opened(path).font["name"].getDebugName(6)) for path in faces.files()}


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFC", text))


def parts(text: str) -> Counter[str]:
    """Its characters; poppler takes a hyphen at the end of a line for one that joins a word."""
    return Counter(squeezed(text).replace("-", ""))


def require_whole(f: facts.DocumentFacts) -> None:
    pdf = compose.pdf(f.kind, f)
    with pikepdf.open(BytesIO(pdf)) as paper:
        ours = check.text(paper)
        names = [str(thing.FontName) for thing in paper.objects if is_font(thing)]
    theirs = parts(text_of(pdf))
    for leaf in check.leaves(f):
        assert squeezed(leaf) in squeezed(ours), (f.kind, leaf)  # in order, as it is drawn
        assert not parts(leaf) - theirs, (f.kind, leaf)  # and as another reader finds it
    assert "\ufffd" not in ours  # a glyph without a character, .notdef among them
    assert {name.partition("+")[2] for name in names} <= OURS, names  # none of the machine's other fonts


def is_font(thing: object) -> bool:
    return isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/FontDescriptor"


@pytest.mark.parametrize("form", KINDS, ids=lambda form: form.kind)
def test_a_paper_says_whatever_its_facts_say(form):
    require_whole(invent(form, Random(form.kind)))  # chance, not secrets


@pytest.mark.slow
@pytest.mark.long
def test_five_hundred_sets_of_facts_print_whole():
    chance = Random(2026)
    for number in range(SETS):
        require_whole(invent(KINDS[number % len(KINDS)], chance))
