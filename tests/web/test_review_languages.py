"""The pages around a review and after a ruling answer each of their readers, in each language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from odr import clock, demo
from odr.actions import inquiries, judges, objections, review_time
from odr.rules.words import Role
from tests.make import served
from tests.web import worlds

NOW = clock.now()


@dataclass(frozen=True, slots=True)
class World:
    people: dict[str, str]
    pages: dict[str, tuple[str, str]]  # name -> (who looks, path)


def build(s) -> World:
    cast = demo.people(s, NOW - timedelta(days=150))
    done, first, then = demo.in_review(s, cast, NOW - timedelta(days=60))
    ruling = demo.confirmed(s, done, first, then)
    served(s, ruling.document_id, at=then)
    objection = objections.raise_(
        s,
        by=cast.parties[2],
        at=NOW - timedelta(days=2),
        number=done.number,
        name="张伟",
        claim="协议处分的车辆登记在本人名下，请求撤销确认裁定。",
        known_on=clock.court_date(NOW - timedelta(days=9)),
    )
    objections.assign(s, objection.id, by=cast.staff[Role.CLERK], at=NOW - timedelta(days=1))
    open_, judge, at = demo.in_review(s, cast, NOW - timedelta(days=9))
    review_time.ask(
        s, open_.id, by=judge, at=at, rule="T-JC-DEC", days=10, reason="需要向调解组织核实签约经过。"
    )
    inquiries.verify(s, open_.id, by=judge, at=at, question="双方是否本人在线到场签名？")
    inquiries.call(s, open_.id, by=judge, at=at, starts_at=NOW + timedelta(days=2))
    asked, _other, later = demo.in_review(s, cast, NOW - timedelta(days=8))
    judges.ask_recusal(s, asked.id, by=cast.parties[1], at=later, reasons="法官与申请人是近亲属。")
    waits, _ = demo.applied(s, cast, NOW - timedelta(days=4))
    people = {
        "creditor": cast.parties[0].account_id,
        "party": cast.parties[1].account_id,
        "third": cast.parties[2].account_id,
        "clerk": cast.staff[Role.CLERK].account_id,
        "leader": cast.staff[Role.LEADER].account_id,
        "organisation": cast.staff[Role.ORG_ADMIN].account_id,
        "judge": judge.account_id,
        "objection-judge": objection.judge_id,
    }
    here = f"/confirmations/{open_.id}"
    pages = {
        "approvals": ("leader", "/approvals"),
        "extension": ("leader", here),
        "recusal": ("leader", f"/confirmations/{asked.id}"),
        "review": ("judge", here),
        "verification": ("organisation", here),
        "called": ("party", here),
        "clerk": ("clerk", "/clerk"),
        "formal-check": ("clerk", f"/confirmations/{waits.id}"),
        "objections": ("third", "/objections"),
        "objection": ("third", f"/objections/{objection.id}"),
        "deciding": ("objection-judge", f"/objections/{objection.id}"),
        "enforcement": ("creditor", f"/agreements/{done.agreement_id}/enforcement"),
        "performance": ("creditor", f"/agreements/{done.agreement_id}/performance"),
        "refusals": ("leader", "/figures/refusals"),
    }
    return World(people, pages)


empty_database, world = worlds.shared(build)


HEADINGS = {"zh_CN": "院长审批", "ko": "원장 결재", "en": "President&#39;s approvals"}


@pytest.mark.parametrize("language", HEADINGS)
def test_every_page_answers_in_the_readers_language(client_for, world, language):
    told = {}
    for name, (who, path) in world.pages.items():
        client = client_for(world.people[who])
        client.cookies.set("language", language)
        answer = client.get(path)
        told[name] = answer.text
        assert answer.status_code == 200, name

    assert HEADINGS[language] in told["approvals"]
