"""That the benchmarks run; how fast anything is, no test judges."""

from pathlib import Path

import pytest

from scrutiny.model.assessment import Assessment
from tests.benchmarks import documents, folders, keys, startup
from tests.benchmarks.figures import Figure, medians, slowest, table
from tests.benchmarks.keys import Hand
from tests.benchmarks.programs import Bench, enlarged, example, with_long_note
from tests.benchmarks.terminal import NotShownError


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A bench with nothing on it."""
    return Bench(tmp_path)


def test_keys_are_measured_in_the_real_program(
    bench: Bench, draft: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One round of every way of working finds each key's paint."""
    monkeypatch.setattr("tests.benchmarks.keys._IN_A_ROW", 2)
    monkeypatch.setattr("tests.benchmarks.keys._REST", 0.0)
    first = draft.framework.statements[0].id
    walk = bench.walk("walk", draft)
    ways = [((), keys.ratings(draft, first)), ((), keys.statements(draft)), (("e", keys.END), keys.typing())]
    hands = [Hand(bench.echo(), (), keys.echoes()), *(Hand(walk, prepare, script) for prepare, script in ways)]
    taken = keys.measured(hands, rounds=1)
    assert [[len(one) for one in rounds] for rounds in taken] == [[2]] * 4


@pytest.mark.slow
def test_the_start_and_the_memory_are_measured_in_the_real_program(bench: Bench, draft: Assessment) -> None:
    """One run gives a figure for the first frame and two for the memory."""
    walk, one_static = bench.walk("walk", draft), bench.one_static()
    figures = [*startup.first_frame(walk, one_static, [], 1), *startup.memory(walk, one_static, draft)]
    assert [figure.ratio is not None and figure.ratio > 0 for figure in figures] == [True] * 3


@pytest.mark.slow
def test_saving_and_exporting_are_measured(tmp_path: Path) -> None:
    """One round gives a figure for each."""
    figures = [*documents.save(tmp_path, example(), 1), *documents.export(example(), 1)]
    assert [figure.ratio is not None and figure.ratio > 0 for figure in figures] == [True] * 3


@pytest.mark.slow
def test_folders_are_measured(bench: Bench, draft: Assessment) -> None:
    """One round gives two figures for the list and four for the library."""
    figures = [*folders.listing(bench, draft, 1, files=3), *folders.library(bench, draft, 1, files=4)]
    assert [figure.ratio is not None and figure.ratio > 0 for figure in figures] == [True] * 6


def test_what_is_not_shown_is_an_error(bench: Bench) -> None:
    """A program that ends without showing what was waited for is not waited for any longer."""
    with bench.python("mute", "-c", "print('something else')").start() as terminal:
        terminal.until("something")
        with pytest.raises(NotShownError):
            terminal.until("anything")


def test_a_large_assessment_is_the_worked_example_many_times() -> None:
    """Every statement of the enlarged example is answered as one of the originals is."""
    large = enlarged(example(), 45)
    assert len(large.framework.statements) == len(large.answers) == 45
    assert large.answer("statement-20").evidence == example().answer(example().framework.statements[0].id).evidence


def test_a_long_note_is_as_long_as_it_should_be() -> None:
    """The note that is typed into holds about 1.5 kB."""
    noted = with_long_note(example())
    assert 1_450 < len(noted.answer(noted.framework.statements[0].id).evidence) <= 1_500


def test_the_table_marks_missed_goals() -> None:
    """Ratios stand beside their goals, and one that is too high is marked."""
    good = medians("a key", [[1.0, 2.0], [3.0]], "the echo", [[1.0], [1.0]], 3)
    bad = slowest("a key, p99", [[4.0, 1.0], [9.0]], "the echo", [[2.0], [3.0]], 2)
    missing = Figure("another program", None, None, "posting", note="not installed")
    lines = table([good, bad, missing]).splitlines()
    assert (good.ratio, bad.ratio) == (2.0, 3.0)
    assert [("MISSED" in line, "≤" in line) for line in lines[1:4]] == [(False, True), (True, True), (False, False)]
    assert lines[-1].strip() == "not installed"
