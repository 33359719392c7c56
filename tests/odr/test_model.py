"""Any order of acts by anybody: the matter stands where the model says, each act has its one line, nothing else moves.

`ODR_MODEL_RUNS` and `ODR_MODEL_STEPS` make it longer.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.odr.legs import TRIED, steps
from tests.odr.life import Begin, Begun
from tests.odr.machines import MACHINES, Matter

RUNS = int(os.environ.get("ODR_MODEL_RUNS", "5"))
STEPS = int(os.environ.get("ODR_MODEL_STEPS", "40"))


@pytest.mark.parametrize("machine", MACHINES)
def test_any_order_of_acts_is_what_the_model_says(
    begun: Callable[[Begin], Begun], machine: type[Matter]
) -> None:
    machine.start = begun(machine.begin)
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=RUNS == 5,
            phases=[Phase.generate],  # a shorter story of a failure costs minutes
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.parametrize(
    ("machine", "leg"), [(machine, leg) for machine, legs in TRIED.items() for leg in legs]
)
def test_what_chance_seldom_tries_is_what_the_model_says(
    begun: Callable[[Begin], Begun], machine: type[Matter], leg: str
) -> None:
    machine.start = begun(machine.begin)
    walked = machine()
    by_name = {act.name: act for act in machine.acts}
    for name, who in steps(TRIED[machine][leg]):
        walked._try(by_name[name], who)
        walked.everything_stands_where_the_model_says()
    walked.teardown()
