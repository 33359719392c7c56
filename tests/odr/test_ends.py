"""What is left of a settled case, in any order and broken off anywhere, like the case itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import rule

from odr import holdings
from tests.odr import ends
from tests.odr.life import Begun
from tests.odr.test_crashes import steps
from tests.odr.test_crashes import walk as walk_and_break
from tests.odr.test_model import Matter, walk


class Closing(Matter):
    """A registered case that is settled."""

    acts = ends.ACTS
    people = ends.EVERYBODY
    fresh = ends.Ends

    @rule(data=st.data())
    def its_own_people_try_too_early(self, data: st.DataObject) -> None:
        act = data.draw(st.sampled_from(self.acts))
        self._try(act, data.draw(st.sampled_from(sorted(act.who))))

    def _holds(self, s) -> None:
        """What was said apart is held until it is destroyed, and then nothing of it is left."""
        held = holdings.of(s, self.life.dispute_id, "caucus")
        assert bool(held.notes) == (self.model.disposal != "destroyed")


LEFT: dict[str, str] = {
    "the court's paper": """
        sign by hand host, ask for the court's paper applicant, make the court's paper judge,
        seal the paper machine, serve the paper machine, open the paper applicant, want it on paper applicant,
        post the paper clerk, open the paper respondent, note who signed for it clerk,
        read what a lawsuit may bring respondent, take the whole file away applicant
    """,
    "two years on": """
        sign by hand host, find what was kept long enough machine, ask that it goes clerk, keep it longer leader,
        ask that it goes clerk, let it go leader, ask for the court's paper respondent, call it back machine,
        refuse the court's paper judge, ask that it goes both, let it go leader, destroy it machine
    """,
}
ONLY_TRIED = {"ask before its day"}


def test_closing_in_any_order_is_what_the_model_says(settled: Begun) -> None:
    Closing.start = settled
    walk(Closing)


@pytest.mark.parametrize("leg", LEFT)
def test_closing_broken_off_anywhere_is_not_begun_and_done_again_is_done_once(
    settled: Begun, tmp_path: Path, leg: str
) -> None:
    walk_and_break(settled, tmp_path, LEFT[leg], ends.ACTS, ends.Ends())


def test_every_act_that_is_left_is_broken_off_somewhere() -> None:
    walked = {name for leg in LEFT.values() for name, _ in steps(leg)}

    assert {act.name for act in ends.ACTS} - ONLY_TRIED == walked
