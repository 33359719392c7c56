"""The parts that several documents print: people, terms, signatures, lists."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import ClassVar

HIDDEN = {"printed": False}  # kept and attached, yet not words on the paper
NAMES = {"printed": ("name",)}  # of these people only the names are printed


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFacts:
    """What every document has: its own number, the court, the day, where it can be verified."""

    kind: ClassVar[str]

    number: str
    court: str
    issued_on: date = field(metadata=HIDDEN)  # papers before signing leave the day to the signer
    court_ko: str = ""  # a bilingual court prints its Korean name under the Chinese one
    case_number: str = ""
    language: str = field(default="zh", metadata=HIDDEN)
    verify_url: str = field(default="", metadata=HIDDEN)  # printed as a square code


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentFacts:
    name: str
    capacity: str = "委托诉讼代理人"
    of: str = ""  # 浙江某某律师事务所律师
    authority: str = ""  # 一般授权 / 特别授权


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyFacts:
    """A party as its papers show it; an entity has a credit code and a representative."""

    role: str  # 申请人 / 被申请人
    name: str
    sex: str = ""
    born_on: date | None = None
    ethnicity: str = ""
    id_kind: str = field(default="公民身份号码", metadata=HIDDEN)
    id_number: str = ""
    occupation: str = ""
    address: str = ""
    phone: str = ""
    credit_code: str = ""
    representative: str = ""
    representative_post: str = field(default="法定代表人", metadata=HIDDEN)
    agents: tuple[AgentFacts, ...] = ()

    @property
    def is_entity(self) -> bool:
        return bool(self.credit_code)

    def masked(self) -> PartyFacts:
        """As a stranger may see the party: the numbers that open doors are covered."""
        return replace(self, id_number=_covered(self.id_number, 4), phone=_covered(self.phone, 4))


def _covered(number: str, last: int) -> str:
    return number[:-last] + "×" * last if len(number) > last else number


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalmentFacts:
    due_on: date
    amount_fen: int
    method: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseFacts:
    """One term: the words that bind, and the fields that performance and enforcement read."""

    text: str
    act: str = field(default="other", metadata=HIDDEN)  # payment, instalments, act, apology, other
    obligor: str = field(default="", metadata=HIDDEN)
    obligee: str = field(default="", metadata=HIDDEN)
    amount_fen: int | None = field(default=None, metadata=HIDDEN)
    due_on: date | None = field(default=None, metadata=HIDDEN)
    instalments: tuple[InstalmentFacts, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureFacts:
    who: str
    role: str
    signed_at: datetime
    method: str  # 手写签名 / 键入签名并经短信验证码核验
    image: str = field(default="", metadata=HIDDEN)  # base64 of a PNG
    certificate: tuple[str, ...] = ()  # lines that prove who signed and what


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceFacts:
    name: str
    purpose: str = ""
    digest: str = ""
    sort: str = ""  # 书证 / 电子数据 / 视听资料 …
    form: str = ""  # 原件 / 复印件 / 电子件
    source: str = ""
    pages: int = field(default=0, metadata=HIDDEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendeeFacts:
    name: str
    role: str
    identity: str  # how identity was checked in this sitting, and the result
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementFacts:
    speaker: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentItemFacts:
    step: str
    agreed: bool = field(metadata=HIDDEN)  # printed as a ticked box
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelFacts:
    means: str  # 平台账号 / 手机号码 / 电子邮箱
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionFacts:
    """One question of a judge with everybody's answer."""

    text: str
    answers: tuple[StatementFacts, ...] = ()
