"""The court's headline figures (domain 6.2): each a name, a formula in words, and what it counts.

Every figure is a sum over things that can be looked at one by one: `above` adds up to the numerator,
`below` to the denominator. Nothing is counted by hand. A change of meaning is a new version, never an edit.

Guard against padding (S2 art. 4(2)): a matter taken in and performed on the spot on one day was settled
before it was entered; it counts nowhere and is shown as left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from odr import clock
from odr.rules.books import Books, Matter, Ref
from odr.rules.periods import Period
from odr.rules.words import Side

VERSION = "2026-01"
SMALL = 30  # fewer than this say little: the page warns
GOOD = 3  # of five levels: very satisfied, satisfied, basically satisfied


@dataclass(frozen=True, slots=True)
class Item:
    """One thing's part in numerator and denominator."""

    ref: Ref
    above: float
    below: float = 1


@dataclass(frozen=True, slots=True)
class Count:
    """What a figure came to, with everything it was counted from."""

    items: tuple[Item, ...]
    left_out: tuple[Ref, ...] = ()

    @property
    def above(self) -> float:
        return sum(item.above for item in self.items)

    @property
    def below(self) -> float:
        return sum(item.below for item in self.items)

    @property
    def value(self) -> float | None:
        """None where nothing was to be counted: not zero."""
        return self.above / self.below if self.below else None

    @property
    def small(self) -> bool:
        return self.below < SMALL

    def percentile(self, percent: int) -> float | None:
        """The value that so many percent of the items do not exceed."""
        values = sorted(item.above for item in self.items)
        return values[max(0, -(-len(values) * percent // 100) - 1)] if values else None


@dataclass(frozen=True, slots=True)
class Figure:
    """One headline figure; `unit` is share, days or each."""

    key: str
    name: str
    formula: str
    unit: str
    count: Callable[[Books, Period], Count]
    left: str = ""  # what is left out, in words
    target: str = ""
    version: str = VERSION


def _taken_in(books: Books, period: Period) -> list[Matter]:
    """C2."""
    return [m for m in books.matters if period.holds(m.created_at) and not m.entered_afterwards]


def _closed(books: Books, period: Period) -> list[Matter]:
    """C3."""
    return [m for m in books.matters if period.holds(m.ended_at) and not m.entered_afterwards]


def _afterwards(matters: Iterable[Matter], period: Period) -> tuple[Ref, ...]:
    return tuple(m.ref for m in matters if m.entered_afterwards and period.holds(m.created_at))


def _intake(books: Books, period: Period) -> dict[str, Ref]:
    """I = C1 + C2 − what stands in both: each dispute once."""
    found = {filing.dispute_id: filing.ref for filing in books.filings if period.holds(filing.at)}
    return found | {m.dispute_id: m.ref for m in _taken_in(books, period)}


def _led_out(books: Books, period: Period) -> Count:
    inside = {m.dispute_id for m in _taken_in(books, period)}
    items = [Item(ref, key in inside) for key, ref in _intake(books, period).items()]
    return Count(tuple(items), _afterwards(books.matters, period))


def _resolved_outside(books: Books, period: Period) -> Count:
    intake = _intake(books, period)
    solved = {m.dispute_id: m.ref for m in _closed(books, period) if m.succeeded}
    items = [Item(ref, key in solved) for key, ref in intake.items()]
    earlier = [Item(ref, 1, 0) for key, ref in solved.items() if key not in intake]
    return Count((*items, *earlier), _afterwards(books.matters, period))


def _both_take_part(books: Books, period: Period) -> Count:
    items = [Item(m.ref, m.consented_at is not None) for m in _taken_in(books, period)]
    return Count(tuple(items), _afterwards(books.matters, period))


def _success(books: Books, period: Period) -> Count:
    items = [Item(m.ref, m.succeeded) for m in _closed(books, period)]
    return Count(tuple(items), _afterwards(books.matters, period))


def _by_video(books: Books, period: Period) -> Count:
    items = [Item(m.ref, m.by_video) for m in _closed(books, period)]
    return Count(tuple(items), _afterwards(books.matters, period))


def _online_confirmation(books: Books, period: Period) -> Count:
    return Count(tuple(Item(a.ref, a.online) for a in books.applications if period.holds(a.submitted_at)))


def _mediation_days(books: Books, period: Period) -> Count:
    closed = _closed(books, period)
    items = [
        Item(m.ref, _days(m.ended_at - m.accepted_at - m.paused))
        for m in closed
        if m.accepted_at is not None and m.ended_at is not None
    ]
    return Count(tuple(items), tuple(m.ref for m in closed if m.accepted_at is None))


def _review_days(books: Books, period: Period) -> Count:
    decided = [a for a in books.applications if period.holds(a.decided_at)]
    items = [
        Item(a.ref, _days(a.decided_at - a.accepted_at))
        for a in decided
        if a.accepted_at is not None and a.decided_at is not None
    ]
    return Count(tuple(items), tuple(a.ref for a in decided if a.accepted_at is None))


def _performance(books: Books, period: Period) -> Count:
    today = clock.court_date(books.now)
    items, left = [], []
    for promise in books.promises:
        dues = [done for day, done in promise.dues if period.holds_day(day) and day <= today]
        if dues and promise.on_spot:
            left.append(promise.ref)
        elif dues:
            items.append(Item(promise.ref, all(dues)))
    return Count(tuple(items), tuple(left))


def _good(side: Side) -> Callable[[Books, Period], Count]:
    def count(books: Books, period: Period) -> Count:
        items = [
            Item(m.ref, score >= GOOD)
            for m in books.matters
            for of, score, at in m.ratings
            if of is side and period.holds(at)
        ]
        unrated = [m.ref for m in _closed(books, period) if side not in {of for of, _, _ in m.ratings}]
        return Count(tuple(items), tuple(unrated))

    return count


def _overdue(books: Books, period: Period) -> Count:
    until = min(period.end, books.now)
    items = [
        Item(m.ref, not m.waiting and min(m.ended_at or until, until) > m.due_at)
        for m in books.matters
        if m.due_at is not None
        and m.accepted_at is not None
        and m.accepted_at < until
        and (m.ended_at is None or m.ended_at >= period.start)
    ]
    return Count(tuple(items))


def _load(books: Books, period: Period) -> Count:
    until = min(period.end, books.now)
    opened = Counter(
        m.mediator_id
        for m in books.matters
        if m.accepted_at is not None and m.accepted_at < until and (m.ended_at is None or m.ended_at >= until)
    )
    return Count(tuple(Item(w.ref, opened[w.ref.id]) for w in books.workers))


def _days(span: timedelta) -> float:
    return max(span, timedelta()) / timedelta(days=1)


_PADDED = "当日收案、当日当场履行的（防止事后补录）"

# Participation stands first: a settlement rate says little when the other side never came
FIGURES = (
    Figure(
        "participation",
        "双方参与率",
        "双方都同意调解的件数 ÷ 本期进入调解并邀请对方的件数",
        "share",
        _both_take_part,
        _PADDED,
    ),
    Figure(
        "led-out",
        "诉前调解导出率（口径甲）",
        "本期进入调解的件数 ÷ 统一收案数。统一收案数 = 一审新收 + 进入调解 − 两者重复，同一纠纷只计一次",
        "share",
        _led_out,
        _PADDED,
        "≥60%",
    ),
    Figure(
        "resolved-outside",
        "诉前调解导出率（口径乙）",
        "本期调解成功的件数 ÷ 统一收案数。分子含以前收案、本期成功的",
        "share",
        _resolved_outside,
        _PADDED,
    ),
    Figure(
        "success",
        "调解成功率",
        "调解成功的件数 ÷ 本期调解结束的件数。成功 = 达成协议 + 自行和解 + 当场履行",
        "share",
        _success,
        _PADDED,
    ),
    Figure(
        "video",
        "音视频调解占比",
        "至少开过一次音视频调解的件数 ÷ 本期调解结束的件数",
        "share",
        _by_video,
        _PADDED,
    ),
    Figure(
        "online-confirmation",
        "在线司法确认占比",
        "在线共同提交的司法确认申请 ÷ 本期全部司法确认申请。当场履行的不立新号，不申请确认",
        "share",
        _online_confirmation,
    ),
    Figure(
        "mediation-days",
        "平均办理时长",
        "（结束日 − 调解员接受日 − 中止天数）的平均数，按本期结束的件数",
        "days",
        _mediation_days,
        "没有调解员接受就结束的",
    ),
    Figure(
        "review-days",
        "司法确认平均审查时长",
        "（裁定日 − 受理日）的平均数，按本期作出裁定的件数",
        "days",
        _review_days,
        "未经受理就结束的",
        "≤15 日",
    ),
    Figure(
        "performance",
        "自动履行率",
        "本期到期的各项均已履行、没有申请执行的协议 ÷ 本期有到期事项的生效协议",
        "share",
        _performance,
        "当场履行完毕的协议",
    ),
    Figure(
        "good-applicant",
        "好评率（申请人）",
        "申请人评为基本满意以上的件数 ÷ 申请人评价的件数",
        "share",
        _good(Side.APPLICANT),
        "本期结束而申请人没有评价的",
    ),
    Figure(
        "good-respondent",
        "好评率（被申请人）",
        "被申请人评为基本满意以上的件数 ÷ 被申请人评价的件数",
        "share",
        _good(Side.RESPONDENT),
        "本期结束而被申请人没有评价的",
    ),
    Figure(
        "overdue",
        "超期率",
        "超过调解期限的件数 ÷ 本期在办的件数（有调解期限的）",
        "share",
        _overdue,
    ),
    Figure(
        "load",
        "调解员负荷",
        "期末在办的件数 ÷ 在册调解员人数",
        "each",
        _load,
    ),
)
BY_KEY = {figure.key: figure for figure in FIGURES}
