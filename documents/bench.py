"""`odr bench documents`: a two-page ruling laid out, sealed and checked; beside it its words through bare typst.

Every ruling measured has other names, sums and dates, so that nothing is measured twice. Cold is a new
process with its first document, warm is the median of those after it.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from statistics import median
from typing import TextIO

import typst

import documents
from documents.authority import Authority
from documents.press import Press
from odr import facts
from odr.facts import ClauseFacts, InstalmentFacts, PartyFacts, RulingFacts
from odr.facts.words import capital_amount

AT = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
COURT = "杭州市西湖区人民法院"
ORGANISATION = "杭州市西湖区人民调解委员会"
FAMILY, GIVEN = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗", "昇喆垚赟玥堃祎龑伟芳娜敏静丽强磊军洋勇艳"
WARM_UP = 5


def main(
    words: Sequence[str], out: TextIO, queue: Callable[[int], dict[str, float | int]] | None = None
) -> int:
    """Measures and prints, with --json as one object; `queue` measures so many papers asked for at once."""
    parser = argparse.ArgumentParser(prog="odr bench documents", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--count", type=int, default=40, help="documents per measurement")
    parser.add_argument(
        "--queued", type=int, default=300, help="documents queued at once while pages are asked"
    )
    asked = parser.parse_args(words)
    logging.getLogger("pyhanko").setLevel(logging.ERROR)  # it says at every seal that nothing is fetched
    found: dict[str, object] = {**measure(asked.count)}
    if queue is not None and asked.queued:
        found |= queue(asked.queued)
    print(json.dumps(found, indent=1) if asked.json else _told(found), file=out)
    return os.EX_OK


def measure(count: int) -> dict[str, float | int]:
    """Every figure, in milliseconds unless its name says otherwise."""
    series = rulings()
    press = Press()
    try:
        cold = _timed(lambda: press.render(next(series)))
        for ruling in islice(series, WARM_UP):
            press.render(ruling)
        before = _processor_ms(press)
        warm = [_timed(lambda: press.render(next(series))) for _ in range(count)]
        used = _processor_ms(press) - before
        with tempfile.TemporaryDirectory() as folder:
            sealed = _sealed(press, series, count, Path(folder))
    finally:
        press.stop()
    return {
        "ruling_warm_ms": _middle(warm),
        "ruling_best_ms": round(min(warm), 1),
        "ruling_processor_ms": round(used / count, 1),
        "ruling_cold_ms": round(cold, 1),
        **sealed,
        **_pooled(series, count),
        "typst_warm_ms": _typst(series, count),
    }


def rulings() -> Iterator[RulingFacts]:
    """Confirmation rulings without end, no two alike, each of two pages."""
    number = 0
    while True:
        number += 1
        yield _ruling(number)


def _ruling(number: int) -> RulingFacts:
    one = FAMILY[number % 20] + GIVEN[number * 7 % 20]
    other = f"杭州{GIVEN[number % 20]}{GIVEN[number * 3 % 20]}贸易有限公司"
    due, fen = date(2026, 12, 1) + timedelta(number % 60), 12_345_600 + number * 100
    clause = f"{other}于{due.year}年{due.month}月{due.day}日前分两期向{one}支付货款{capital_amount(fen)}；"
    half = fen // 200 * 100
    return RulingFacts(
        court=COURT, number=f"（2026）浙0106民特{number}号", issued_on=AT.date(), verify_url="https://odr.example/verify",
        ruling="confirm", applicants=(
            PartyFacts(role="申请人", name=one, sex="男", born_on=date(1986, 3, 5), ethnicity="汉族", id_number="330106198603051234",
                       address="浙江省杭州市西湖区文三路88号3幢502室").masked(),
            PartyFacts(role="申请人", name=other, credit_code="91330106MA2CXXXX1R", address="浙江省杭州市西湖区天目山路100号", representative="李龑").masked(),
        ),
        cause="买卖合同纠纷", organisation=ORGANISATION, received_on=date(2026, 11, 10), accepted_on=date(2026, 11, 12),
        agreement_on=date(2026, 11, 5), agreement_number=f"（2026）西人调字第{number}号", judge="张堃", clerk="陈祎",
        clauses=(
            ClauseFacts(text=clause, act="instalments", obligor=other, obligee=one, amount_fen=fen, instalments=(
                InstalmentFacts(due_on=due, amount_fen=half, method="银行转账"),
                InstalmentFacts(due_on=due + timedelta(30), amount_fen=fen - half, method="银行转账"))),
            ClauseFacts(text="双方就本案所涉买卖合同再无其他争议。", act="other"),
        ),
    )  # fmt: skip


def _sealed(press: Press, series: Iterator[RulingFacts], count: int, folder: Path) -> dict[str, float | int]:
    """From frozen facts to a durable file under the court's seal, checked; then the check alone."""
    authority = Authority.open(folder / "keys", AT)
    seal = authority.seal_for("0106", COURT)
    file = folder / "ruling.pdf"

    def issue() -> None:
        pdf = documents.seal(press.render(next(series)), seal, authority, reason="民事裁定书", at=AT)
        if not documents.verify(pdf, authority).valid:
            raise RuntimeError("our own seal does not verify")
        with file.open("wb") as written:
            written.write(pdf)
            written.flush()
            os.fsync(written.fileno())

    for _ in range(WARM_UP):
        issue()
    whole = [_timed(issue) for _ in range(count)]
    pdf = file.read_bytes()
    checks = [_timed(lambda: documents.verify(pdf, authority)) for _ in range(count)]
    return {"sealed_ms": _middle(whole), "verify_ms": _middle(checks), "ruling_bytes": len(pdf)}


def _pooled(series: Iterator[RulingFacts], count: int) -> dict[str, float | int]:
    """As many processes as there are cores, all at work at once."""
    cores = len(os.sched_getaffinity(0))
    presses = [Press() for _ in range(cores)]
    shares = [list(islice(series, count)) for _ in presses]
    try:
        for press in presses:
            for ruling in islice(series, WARM_UP):
                press.render(ruling)
        seconds = _timed(lambda: _together(presses, shares)) / 1000
    finally:
        for press in presses:
            press.stop()
    return {"pool_processes": cores, "docs_per_core_s": round(count / seconds, 2)}


def _together(presses: Sequence[Press], shares: Sequence[Sequence[RulingFacts]]) -> None:
    threads = [
        threading.Thread(target=lambda p=press, s=share: [p.render(one) for one in s])
        for press, share in zip(presses, shares, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _typst(series: Iterator[RulingFacts], count: int) -> float:
    """The same words through a bare typst file: no limits, no rarer typefaces, no look at what came out."""
    here = Path(__file__).parent
    compiler = typst.Compiler(root=str(here), font_paths=[str(here / "fonts")])

    def compile_one() -> None:
        given = {"facts": facts.to_json(next(series))}
        compiler.compile(input=str(here / "bench.typ"), sys_inputs=given, pdf_standards=["a-3b"])

    for _ in range(WARM_UP):
        compile_one()
    return _middle([_timed(compile_one) for _ in range(count)])


def _processor_ms(press: Press) -> float:
    """What the process of a press has used of the processor: says more than the clock on a busy machine."""
    assert press.process is not None
    fields = Path(f"/proc/{press.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def _middle(times: Sequence[float]) -> float:
    return round(median(times), 1)


def _told(found: dict[str, object]) -> str:
    return "\n".join(f"{name:18} {value}" for name, value in found.items())
