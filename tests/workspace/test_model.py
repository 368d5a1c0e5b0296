"""Nothing that was told as saved is lost, whatever happens in whatever order."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.workspace.model import Machine

STEPS = 40
"""The steps of one run."""


class Count:
    """Counts the steps."""

    def __init__(self) -> None:
        self.steps = 0

    def __call__(self) -> None:
        """Count one."""
        self.steps += 1


def run(folder: Path, examples: int, *, derandomize: bool = True) -> int:
    """Run the machine so many times, and return how many steps it made."""
    count = Count()

    class Counted(Machine):
        counted = staticmethod(count)

    Counted.folder = folder
    run_state_machine_as_test(
        Counted,
        settings=settings(
            max_examples=examples,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=derandomize,
            database=None,
            phases=[Phase.generate],
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
    return count.steps


def test_a_part(tmp_path: Path) -> None:
    """A few hundred steps."""
    assert run(tmp_path, 8) >= 200


@pytest.mark.slow
def test_ten_thousand_steps(tmp_path: Path) -> None:
    """Ten thousand steps, other ones each time."""
    steps = 0
    while steps < 10_000:
        steps += run(tmp_path, 50, derandomize=False)
