"""How long a key takes to the paint that shows it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count, cycle

from scrutiny.model.assessment import Assessment
from tests.benchmarks.figures import Rounds
from tests.benchmarks.programs import PROMPT, Program
from tests.benchmarks.terminal import Terminal

_IN_A_ROW = 20
"""Keys measured in one program before it is the next one's turn."""

_REST = 1.5
"""Seconds after them: by then a program has saved what was changed, and is out of the next one's way."""

_SURE = 3
"""Letters of a new word after which it is surely not something else on the screen."""

END = "\x1b[1;5F"
"""Ctrl+end, as a terminal sends it."""

Keys = Iterator[tuple[str, str]]
"""Keys without end, each with the text that it brings to the screen; no text for a key that is not measured."""


@dataclass(frozen=True)
class Hand:
    """Somebody who works a program in one way."""

    program: Program
    prepare: Sequence[str]
    """Keys to be pressed first."""
    keys: Keys


def ratings(assessment: Assessment, statement_id: str) -> Keys:
    """Each rating of the scale in turn, beginning with one that the statement does not have."""
    levels = [*assessment.framework.scale.levels]
    has = assessment.level(statement_id)
    first = levels.index(has) + 1 if has else 0
    for level in cycle([*levels[first:], *levels[:first]]):
        yield level.shortcut, f"● {level.letter} {level.label}"


def statements(assessment: Assessment) -> Keys:
    """From the first statement to the last, and back."""
    texts = [statement.text[:PROMPT].strip() for statement in assessment.framework.statements]
    while True:
        yield from (("j", text) for text in texts[1:])
        yield from (("k", text) for text in texts[-2::-1])


def typing() -> Keys:
    """Words that stand nowhere else; each letter is measured once what stands of its word is sure to be new."""
    for number in count():
        word = _word(number)
        yield " ", ""
        yield from ((letter, word[: at + 1] if at >= _SURE else "") for at, letter in enumerate(word))


def echoes() -> Keys:
    """Any key, which the echo app counts."""
    return (("x", f"Key {number} was x.") for number in count(1))


def pasted(text: str) -> str:
    """A text as a terminal hands it over when it is pasted."""
    return f"\x1b[200~{text}\x1b[201~"


def measured(hands: Sequence[Hand], rounds: int) -> list[Rounds]:
    """Seconds from key to paint, by hand and round. All programs run all the time; one hand works while others rest."""
    terminals = [hand.program.start() for hand in hands]
    try:
        for hand, terminal in zip(hands, terminals, strict=True):
            terminal.until(*hand.program.shows)
            for keys in hand.prepare:
                terminal.settle(quiet=0.3, patience=1.0)
                terminal.send(keys)
        taken = [
            [_work(hand, terminal) for hand, terminal in zip(hands, terminals, strict=True)] for _ in range(rounds + 1)
        ]
    finally:
        for terminal in terminals:
            terminal.end()
    return [list(one) for one in zip(*taken[1:], strict=True)]  # the first round has warmed everything up


def _work(hand: Hand, terminal: Terminal) -> list[float]:
    terminal.settle()
    taken: list[float] = []
    while len(taken) < _IN_A_ROW:
        key, shown = next(hand.keys)
        terminal.send(key)
        if shown:
            taken.append(terminal.until(shown))
        terminal.settle()
    terminal.settle(quiet=_REST, patience=_REST)
    return taken


def _word(number: int) -> str:
    letters = "BDFGJKLMPQRTVWXZ"
    digits = [number // 16**place % 16 for place in (2, 1, 0)]
    return "Q" + "".join(letters[digit] for digit in digits) + "zqjxv"
