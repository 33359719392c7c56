"""Typefaces are read by many threads at once: the job worker seals several papers side by side."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from documents import faces, stamp

NAMES = [f"广州市天河区第{number}人民法院" for number in "一二三四五六七八九十百千"]


def test_seals_drawn_side_by_side_are_the_seals_drawn_one_after_the_other() -> None:
    faces.opened.cache_clear()
    faces.chain.cache_clear()
    stamp.drawing.cache_clear()
    faces.chain("title")
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda name: stamp.drawing(name, "court"), NAMES))
    stamp.drawing.cache_clear()
    assert [stamp.drawing(name, "court") for name in NAMES] == together
