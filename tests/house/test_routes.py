"""The route table is the surface and the access policy: nothing is served beside it, nothing lacks a rule."""

from __future__ import annotations

import re
from collections import Counter

from starlette.routing import Route

from odr.rules.access import GRANTS, STEP_UP, STRONG
from odr.rules.words import Do, Hat
from web import app
from web.acts import GROUPS, HATS
from web.routes import ROUTES
from web.table import SUBJECTS

# Mounted beside the table on purpose: own files, libraries, the media relay, health
BESIDE = re.compile(r"^/(static|rtc|whip|whep|twirp|healthz|readyz|metrics)\b")


def test_what_is_mounted_is_what_the_table_says() -> None:
    mounted = {
        f"{method} {route.path}"
        for route in app._routes()
        if isinstance(route, Route) and not BESIDE.match(route.path)
        for method in route.methods or ()
        if method != "HEAD"
    }
    assert mounted == {row.name for row in ROUTES}


def test_no_address_is_named_twice() -> None:
    assert [name for name, n in Counter(row.name for row in ROUTES).items() if n > 1] == []


def test_every_act_has_a_rule_and_every_rule_an_act() -> None:
    assert set(GRANTS) == set(Do)
    assert {row.do for row in ROUTES} <= set(GRANTS)
    assert set(Do) >= STEP_UP


def test_every_act_and_hat_is_explained_to_the_public() -> None:
    told = [do for _, acts in GROUPS for do in acts]
    assert sorted(told) == sorted(Do)
    assert set(HATS) == set(Hat)


def test_reading_is_get_and_changing_is_post() -> None:
    assert {row.method for row in ROUTES} == {"GET", "POST"}


def test_a_path_names_its_subject_first_if_it_has_one() -> None:
    """The first parameter decides who may: a later one cannot be the matter itself."""
    for row in ROUTES:
        names = [part.split(":")[0] for part in re.findall(r"{([^}]+)}", row.path)]
        known = [name for name in names if name in SUBJECTS]
        assert not known or names[0] == known[0], row.name


def test_the_courts_own_acts_need_a_second_factor() -> None:
    """No act is open only to a hat that a login without second factor could wear, unless people of the case may."""
    weak = {
        Hat.PUBLIC,
        Hat.SOMEONE,
        Hat.SELF,
        Hat.APPLICANT,
        Hat.RESPONDENT,
        Hat.AGENT,
        Hat.PARTICIPANT,
        Hat.MACHINE,
    }
    assert weak | STRONG == set(Hat)
    for do in (Do.MANAGE_ACCOUNTS, Do.SEE_JOURNAL, Do.CONFIRM, Do.TRIAGE, Do.OPEN_SITTING, Do.EDIT_ROSTER):
        assert not GRANTS[do] & (weak - {Hat.MACHINE}), do
