"""Nothing that was told as saved is lost, whatever happens in whatever order."""

from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.errors import Flaky
from hypothesis.stateful import run_state_machine_as_test

from tests.workspace import reverted
from tests.workspace.model import Machine
from tests.workspace.world import BrokenPromise

STEPS = 40
"""The steps of one run."""

MOST_RUNS = 250
"""The most runs in which a fault must be found."""


class Count:
    """Counts the steps."""

    def __init__(self) -> None:
        self.steps = 0

    def __call__(self) -> None:
        """Count one."""
        self.steps += 1


def machine(folder: Path) -> tuple[type[Machine], Count]:
    """A machine that works in a folder, and what counts its steps."""
    count = Count()

    class Counted(Machine):
        counted = staticmethod(count)
        complaints: ClassVar[list[str]] = []

    Counted.folder = folder
    return Counted, count


def run(of: type[Machine], runs: int, *, derandomize: bool = True) -> None:
    """Run a machine so many times."""
    run_state_machine_as_test(
        of,
        settings=settings(
            max_examples=runs,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=derandomize,
            database=None,
            phases=[Phase.generate],  # threads take their own time, so that a shorter run may not fail
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_a_part(tmp_path: Path) -> None:
    """Nothing is lost in a few hundred steps."""
    of, count = machine(tmp_path)
    run(of, 8)
    assert count.steps >= 200


@pytest.mark.slow
def test_ten_thousand_steps(tmp_path: Path) -> None:
    """Nothing is lost in ten thousand steps, which are other ones each time."""
    of, count = machine(tmp_path)
    while count.steps < 10_000:
        run(of, 50, derandomize=False)


@pytest.mark.slow
@pytest.mark.parametrize("name", reverted.FAULTS)
def test_each_fault_of_the_review_is_found(tmp_path: Path, name: str) -> None:
    """Each fault that once lost work makes the machine fail when it is put back."""
    of, _ = machine(tmp_path)
    of.patience = 5.0
    with reverted.fault(name), pytest.raises((BrokenPromise, Flaky)):
        run(of, MOST_RUNS, derandomize=False)
    assert of.complaints
