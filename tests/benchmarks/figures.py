"""Figures: what was measured, as a ratio to a yardstick of the same run, beside the goal."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

Rounds = Sequence[Sequence[float]]
"""Seconds, or bytes, by round: what was measured in the first round, in the second, and so on."""


@dataclass(frozen=True)
class Figure:
    """One line of the table."""

    what: str
    ratio: float | None
    """None where it could not be measured; `note` says why."""
    goal: float | None
    """The highest ratio that is good enough; None for what is only watched."""
    yardstick: str
    spread: tuple[float, float] | None = None
    """The lower and upper quartile of the rounds' own ratios."""
    note: str = ""

    @property
    def missed(self) -> bool:
        """Whether the ratio is higher than the goal."""
        return self.ratio is not None and self.goal is not None and self.ratio > self.goal


def medians(what: str, ours: Rounds, yardstick: str, theirs: Rounds, goal: float | None) -> Figure:
    """The median of everything of ours, to the median of everything of theirs."""
    ratios = [statistics.median(our) / statistics.median(their) for our, their in zip(ours, theirs, strict=True)]
    quartiles = statistics.quantiles(ratios, n=4, method="inclusive") if len(ratios) > 1 else None
    return Figure(
        what,
        statistics.median(chain(*ours)) / statistics.median(chain(*theirs)),
        goal,
        yardstick,
        (quartiles[0], quartiles[2]) if quartiles else None,
    )


def slowest(what: str, ours: Rounds, yardstick: str, theirs: Rounds, goal: float | None) -> Figure:
    """The 99th percentile of everything of ours, to that of everything of theirs."""
    return Figure(what, _percentile(chain(*ours)) / _percentile(chain(*theirs)), goal, yardstick)


def table(figures: Iterable[Figure]) -> str:
    """Figures as lines of text, under a heading."""
    rows = [("what", "figure", "quartiles", "goal", "", "yardstick")]
    for figure in figures:
        spread = f"{figure.spread[0]:.2f}-{figure.spread[1]:.2f}" if figure.spread else ""
        ratio = "-" if figure.ratio is None else f"{figure.ratio:.2f}"
        goal = "" if figure.goal is None else f"≤ {figure.goal:g}"
        rows.append((figure.what, ratio, spread, goal, "MISSED" if figure.missed else "", figure.yardstick))
        if figure.note:
            rows.append((f"  {figure.note}", "", "", "", "", ""))
    widths = [max(len(row[column]) for row in rows if row[1]) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if column == 1 else cell.ljust(width) for column, (cell, width) in enumerate(cells)
        ).rstrip()
        for cells in (list(zip(row, widths, strict=True)) for row in rows)
    )


def _percentile(values: Iterable[float]) -> float:
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * 99 // 100) - 1)]
