"""Measure everything and print the table of figures. Nothing fails by a time; a missed goal is marked."""

import argparse
import gc
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks import documents, folders, keys, startup
from tests.benchmarks.figures import Figure, medians, slowest, table
from tests.benchmarks.keys import Hand
from tests.benchmarks.peers import HARLEQUIN, POSTING, Peer, installed
from tests.benchmarks.programs import Bench, Program, enlarged, example, with_long_note

GROUPS = ("start", "keys", "documents", "large", "folders")


def main(arguments: list[str]) -> int:
    """Run the chosen groups."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--runs", type=int, default=10, metavar="N", help="rounds of every measurement (default 10)")
    parser.add_argument("--only", choices=GROUPS, action="append", help="one group of figures; may be repeated")
    parser.add_argument(
        "--peers",
        nargs="?",
        const="",
        metavar="FOLDER",
        help="measure against posting and harlequin too; FOLDER keeps their virtual environments for the next time",
    )
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="scrutiny-benchmarks-") as temporary:
        peers_folder = None if chosen.peers is None else Path(chosen.peers or f"{temporary}/peers").resolve()
        benchmarks = Benchmarks(Bench(Path(temporary)), chosen.runs, peers_folder)
        gc.freeze()
        gc.disable()  # a pause of ours would be counted as theirs
        figures = [figure for name in chosen.only or GROUPS for figure in benchmarks.group(name)]
    sys.stdout.write(table(figures) + "\n")
    return 0


class Benchmarks:
    """Every figure, in groups.

    Args:
        bench: Where the programs live.
        runs: Rounds of every measurement.
        peers: Where other people's programs are or come to be installed; None to leave them out.
    """

    def __init__(self, bench: Bench, runs: int, peers: Path | None) -> None:
        self._bench = bench
        self._runs = runs
        self._peers = peers
        self._example = example()

    def group(self, name: str) -> Iterator[Figure]:
        """The figures of a group, as they are measured."""
        groups = {
            "start": self._start,
            "keys": self._keys,
            "documents": self._documents,
            "large": self._large,
            "folders": self._folders,
        }
        yield from groups[name]()

    def _start(self) -> Iterator[Figure]:
        bench, runs = self._bench, self._runs
        walk, one_static = bench.walk("walk", self._example), bench.one_static()
        yield from startup.command_line(bench, runs)
        peers = [self._peer(POSTING, "first frame of the walk"), self._peer(HARLEQUIN, "first frame of the walk")]
        yield from startup.first_frame(walk, one_static, [peer for peer in peers if isinstance(peer, Program)], runs)
        yield from (peer for peer in peers if isinstance(peer, Figure))
        yield from startup.memory(bench.walk("memory", self._example), one_static, self._example)

    def _keys(self) -> Iterator[Figure]:
        bench, noted = self._bench, with_long_note(self._example)
        hands = [
            Hand(bench.echo(), (), keys.echoes()),
            Hand(bench.walk("rating", noted), (), keys.ratings(noted, noted.framework.statements[0].id)),
            Hand(bench.walk("typing", noted), ("e", keys.END), keys.typing()),
            Hand(bench.walk("moving", self._example), (), keys.statements(self._example)),
        ]
        harlequin = self._peer(HARLEQUIN, "typing, median")
        if isinstance(harlequin, Program):
            note = noted.answer(noted.framework.statements[0].id).evidence
            hands.append(Hand(harlequin, (keys.pasted(note),), keys.typing()))
        echo, rating, typing, moving, *others = keys.measured(hands, self._runs)
        yield medians("rating key to paint, median", rating, "the echo", echo, 3)
        yield slowest("rating key to paint, p99", rating, "the echo's p99", echo, 3)
        yield medians("typing in a 1.5 kB note, median", typing, "the echo", echo, 3)
        yield slowest("typing in a 1.5 kB note, p99", typing, "the echo's p99", echo, 3)
        yield medians("next statement to paint, median", moving, "the echo", echo, 7)
        yield slowest("next statement to paint, p99", moving, "the echo's p99", echo, None)
        for theirs in others:
            yield medians("typing in a 1.5 kB note, median", typing, "harlequin's editor", theirs, 0.75)
        if isinstance(harlequin, Figure):
            yield harlequin

    def _documents(self) -> Iterator[Figure]:
        yield from documents.save(self._bench.folder / "save", self._example, self._runs)
        yield from documents.export(self._example, self._runs)

    def _large(self) -> Iterator[Figure]:
        bench, runs, small = self._bench, self._runs, self._example
        large = enlarged(small)
        few, many = bench.walk("few", small), bench.walk("many", large)
        opened = startup.alternately([few, many], runs, startup.shown)
        yield medians("1,500 statements, filled: open", opened[1], "19 statements", opened[0], 3)
        hands = [Hand(few, (), keys.statements(small)), Hand(many, (), keys.statements(large))]
        hands += [
            Hand(program, (), keys.ratings(of, of.framework.statements[0].id))
            for program, of in ((few, small), (many, large))
        ]
        moved_few, moved, rated_few, rated = keys.measured(hands, runs)
        yield medians("1,500 statements, filled: move", moved, "19 statements", moved_few, 1.5)
        yield medians("1,500 statements, filled: rate", rated, "19 statements", rated_few, 2)
        yield from documents.large_save(bench.folder / "large-save", small, large, runs)

    def _folders(self) -> Iterator[Figure]:
        yield from folders.listing(self._bench, self._example, self._runs)
        yield from folders.library(self._bench, self._example, self._runs)

    def _peer(self, peer: Peer, what: str) -> Program | Figure:
        """A peer's program, or the line that says why its figure is missing."""
        if self._peers is None:
            reason = "left out; ask for it with --peers"
        else:
            program = installed(self._bench, self._peers, peer)
            if isinstance(program, Program):
                return program
            reason = program
        return Figure(what, None, None, peer.name, note=reason)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
