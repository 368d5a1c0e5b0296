"""How long programs take to their first words, and how much memory they hold."""

import subprocess
import time
from collections.abc import Callable, Sequence

from scrutiny.model.assessment import Assessment
from tests.benchmarks import keys
from tests.benchmarks.figures import Figure, Rounds, medians
from tests.benchmarks.programs import Bench, Program
from tests.benchmarks.terminal import Terminal


def command_line(bench: Bench, runs: int) -> list[Figure]:
    """What is said at once, to Python itself."""
    python = bench.python("python", "-c", "pass")
    version = bench.python("version", "-m", "scrutiny", "--version")
    overview = bench.python("help", "-m", "scrutiny", "--help")
    nothing, said, helped = alternately([python, version, overview], 2 * runs, ended)
    name = "python -c pass"
    return [
        medians("scrutiny --version", said, name, nothing, 4),
        medians("scrutiny --help", helped, name, nothing, 4),
    ]


def first_frame(walk: Program, one_static: Program, peers: Sequence[Program], runs: int) -> list[Figure]:
    """From the start of the program until the statement stands on the screen."""
    ours, bare, *others = alternately([walk, one_static, *peers], runs, shown)
    what = "first frame of the walk"
    return [
        medians(what, ours, "first frame of the one-Static app", bare, 1.6),
        *(
            medians(what, ours, f"first frame of {peer.name}", theirs, 0.45)
            for peer, theirs in zip(peers, others, strict=True)
        ),
    ]


def memory(walk: Program, one_static: Program, assessment: Assessment) -> list[Figure]:
    """The most that the walk holds until every statement was seen and rated, to what one Static needs."""
    with one_static.start() as terminal:
        terminal.until(*one_static.shows)
        theirs = terminal.peak_memory
    with walk.start() as terminal:
        terminal.until(*walk.shows)
        opened = terminal.peak_memory
        _walk_through(terminal, assessment)
        worked = terminal.peak_memory
    name = "the one-Static app's"
    return [
        Figure("peak memory of the walk, first frame", opened / theirs, 1.7, name),
        Figure("peak memory of the walk, all statements rated", worked / theirs, 1.7, name),
    ]


def ended(program: Program) -> float:
    """Seconds from the start of a program until it has ended."""
    began = time.perf_counter()
    subprocess.run(program.command, env=dict(program.environment), cwd=program.home, check=True, capture_output=True)
    return time.perf_counter() - began


def _walk_through(terminal: Terminal, assessment: Assessment) -> None:
    moves = keys.statements(assessment)
    for statement in assessment.framework.statements[1:]:
        for key, text in (next(moves), next(keys.ratings(assessment, statement.id))):
            terminal.settle()
            terminal.send(key)
            terminal.until(text)
    terminal.settle(quiet=1.5, patience=3.0)  # by then it has saved


def shown(program: Program) -> float:
    """Seconds from the start of a program until its first frame is there."""
    with program.start() as terminal:
        return terminal.until(*program.shows)


def alternately(programs: Sequence[Program], runs: int, measure: Callable[[Program], float]) -> list[Rounds]:
    """Seconds by program and round; one round before them is not counted, since it fills the caches."""
    rounds = [[[measure(program)] for program in programs] for _ in range(runs + 1)][1:]
    return [list(one) for one in zip(*rounds, strict=True)]
