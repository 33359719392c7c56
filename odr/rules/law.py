"""The forms of the rule pack: what one row of law looks like once it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from odr.rules.words import Track


@dataclass(frozen=True, slots=True)
class Words:
    """One thing said in the three languages of the product; Chinese is the source."""

    zh: str
    ko: str
    en: str

    def say(self, locale: str) -> str:
        """The words for a reader (`zh_CN`, `ko`, `en`)."""
        return {"ko": self.ko, "en": self.en}.get(locale[:2], self.zh)


@dataclass(frozen=True, slots=True)
class Instrument:
    """A statute or judicial interpretation that rows cite by its key, e.g. `ODM-24`."""

    key: str
    title: str
    number: str = ""
    in_force: date | None = None
    confirmed: bool = True  # false: the text itself was not seen, or only at second hand


@dataclass(frozen=True, slots=True)
class Clock:
    """A period of the law. `bound` names whose act it limits; a party's right is never narrowed."""

    id: str
    name: Words
    articles: tuple[str, ...]
    start: str  # the event it counts from
    length: int
    unit: str  # d calendar days, wd working days, h hours, months, years
    bound: str  # court, mediator, party
    consequence: str  # key of what follows when it runs out; `none` means it only tells
    warns: tuple[str, ...]  # hats that are told at 70, 90 and 100 %
    pausable: bool = False
    set_by: str = ""  # who may set another length at the start, e.g. judge
    extra_days: int = 0  # the longest single extension; 0: none, unless `extra_free`
    extra_times: int = 0
    extra_free: bool = False  # all parties may agree on any length (ODM-24)
    extra_by: str = ""  # who grants it: parties, president
    from_on: date | None = None
    until_on: date | None = None
    confirmed: bool = True  # false: the figure stands on memory or a secondary source

    @property
    def narrowable(self) -> bool:
        """A court may promise to be quicker, but may not shorten what a party has a right to."""
        return self.bound != "party"


@dataclass(frozen=True, slots=True)
class TrackRule:
    """One way to mediation, when it is open and which mediation clock it runs on."""

    track: str
    name: Words
    term: str  # 委派调解, 委托调解 … as letters print it
    articles: tuple[str, ...]
    clock: str
    clock_summary: str  # under summary procedure
    registers_first: bool  # the complaint needs its 民初 number before mediation (since 2025)
    from_on: date | None = None
    until_on: date | None = None
    default_for: str = ""  # complaint: what a complaint takes while this is open; application likewise
    confirmed: bool = True

    def open_on(self, day: date) -> bool:
        """Whether a matter received on this day may take this track."""
        return (self.from_on is None or self.from_on <= day) and (
            self.until_on is None or day <= self.until_on
        )


@dataclass(frozen=True, slots=True)
class Choice:
    key: str
    label: Words
    sign: str = ""  # what this answer tells triage, e.g. in-writing


@dataclass(frozen=True, slots=True)
class Element:
    """One question of a cause's element form (要素式), or one field of a clause."""

    key: str
    type: str  # money, date, text, choice, number
    label: Words
    required: bool = False
    options: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Cause:
    """A cause of action (案由) with what it asks and what it needs."""

    key: str
    name: Words
    fee: str  # kind of court fee, key of fees.toml
    elements: tuple[Element, ...]
    materials: tuple[Words, ...]
    routes: tuple[str, ...]
    claims: tuple[Words, ...] = ()  # typical claims, offered as text to start from
    mediate_first: bool = False  # SPR-14
    unsuitable: bool = False  # CPLI-143
    sensitive: bool = False  # family matters: privacy first, paper signing beside e-signature (ESL-3)
    confirmed: bool = True  # the name agrees with the official list of causes


@dataclass(frozen=True, slots=True)
class Ground:
    """A reason from a closed list of the law."""

    set: str
    key: str
    articles: tuple[str, ...]
    words: Words
    confirmed: bool = True  # false: the list is ours, the law leaves it open


@dataclass(frozen=True, slots=True)
class CaseCode:
    """A type code of case numbers (法〔2018〕335号) and when it is used."""

    use: str  # dispute, mediation, filing, confirmation
    code: str
    track: str = ""  # empty: any
    from_on: date | None = None
    until_on: date | None = None
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class FeeBand:
    """Of the part of the amount up to `up_to_fen`, `rate` hundredths of a percent are due."""

    rate: int
    up_to_fen: int | None = None  # none: without limit
    flat_fen: int = 0


@dataclass(frozen=True, slots=True)
class FeeTable:
    """How one kind of fee is computed; `low_fen` and `high_fen` frame what the court sets itself."""

    key: str
    name: Words
    articles: tuple[str, ...]
    bands: tuple[FeeBand, ...] = ()
    low_fen: int = 0
    high_fen: int = 0
    cap_fen: int | None = None
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Route:
    """A way to deal with a dispute, in facts a party can compare: cost, time, materials, effect."""

    key: str
    name: Words
    what: Words
    cost: Words
    time: Words
    articles: tuple[str, ...]
    act: str  # what the triage officer does to take it: delegate, register-case, divert, return
    fee: str = ""  # free, halved, full, third
    materials: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True)
class TriageRule:
    """A sign in the matter that speaks for a route or raises a flag."""

    id: str
    articles: tuple[str, ...]
    words: Words
    route: str = ""
    flag: str = ""
    cries: tuple[str, ...] = ()  # words in a story that are a sign by themselves


@dataclass(frozen=True, slots=True)
class Message:
    """Words for a code that rules return (lint, roster, uploads)."""

    key: str
    words: Words
    articles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClauseForm:
    """What a kind of clause asks for; `odr.rules.clauses` has the same fields as a dataclass."""

    kind: str
    name: Words
    fields: tuple[Element, ...]
    articles: tuple[str, ...] = ("CPLI-358", "CPLI-461")


@dataclass(frozen=True, slots=True)
class Retention:
    """How long a class of what we keep is kept, from when; `permanent` has no length."""

    key: str
    name: Words
    articles: tuple[str, ...]
    start: str
    length: int
    unit: str  # months, years, permanent
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Parameter:
    """A figure that others publish and courts look up. `value` is in `unit`; none: each court enters its own."""

    key: str
    name: Words
    articles: tuple[str, ...]
    unit: str  # fen, millionth (of the principal, per year), millionth-a-day, times
    value: int | None = None
    published: str = ""
    from_on: date | None = None
    until_on: date | None = None
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Duty:
    """What a rule of the law asks of the product, where the product does it and which test shows it."""

    id: str
    articles: tuple[str, ...]
    words: Words
    by: tuple[str, ...] = ()  # module:function, Moves:act, or another rule of the pack
    proof: tuple[str, ...] = ()  # test file::test
    missing: Words | None = None  # what of it the product does not do, and who does it instead
    from_on: date | None = None
    until_on: date | None = None
    confirmed: bool = True

    @property
    def enforced(self) -> bool:
        return self.missing is None


@dataclass(frozen=True, slots=True)
class Version:
    """The release of the pack: raised with every change of a row."""

    number: str
    on: date


@dataclass(frozen=True, slots=True)
class Holiday:
    name: str
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """Days off and make-up working days of a year, as the State Council's notice says."""

    year: int
    version: str
    notice: str
    provisional: bool
    workdays: tuple[date, ...]
    holidays: tuple[Holiday, ...]


@dataclass(frozen=True, slots=True)
class Pack:
    """The whole rule pack."""

    version: Version
    instruments: Mapping[str, Instrument]
    clocks: Mapping[str, Clock]
    tracks: Mapping[Track, TrackRule]
    causes: Mapping[str, Cause]
    grounds: Mapping[str, Mapping[str, Ground]]
    codes: tuple[CaseCode, ...]
    fees: Mapping[str, FeeTable]
    routes: Mapping[str, Route]
    triage: tuple[TriageRule, ...]
    messages: Mapping[str, Message]
    clauses: Mapping[str, ClauseForm]
    years: Mapping[int, CalendarYear]
    retention: Mapping[str, Retention]
    parameters: Mapping[str, Parameter]
    duties: Mapping[str, Duty]
