"""Frameworks other than the shipped one: other scales, other sizes, other words."""

from pathlib import Path

import pytest

from scrutiny.model.assessment import Assessment
from scrutiny.model.framework import Band, Framework, Level, Scale, Section, Statement
from scrutiny.tui.dialogs.action import ActionForm
from scrutiny.tui.dialogs.help import HelpDialog
from scrutiny.tui.dialogs.source import SourceForm
from scrutiny.tui.screens.summary import SummaryScreen
from scrutiny.tui.screens.walk import WalkScreen
from scrutiny.tui.widgets.key_bar import KeyBar
from tests import building
from tests.tui.player import NARROW, playing, walk

BRACKETS = "[b]bold[/b] [/] [@click=app.quit]go[/] [red on $nothing] \\[ ]] [[ [=]"
"""What Textual would read as markup, some of it broken."""

CLASHING = Scale(
    levels=tuple(
        Level(key=key, label=f"{label} {BRACKETS}", shortcut=shortcut, band=band, meaning=f"Means {key}. {BRACKETS}")
        for key, label, shortcut, band in (
            ("excellent", "Excellent", "e", Band.GREEN),
            ("nearly", "Nearly", "n", Band.AMBER),
            ("some", "Some", "s", Band.AMBER),
            ("first", "Only first", "1", Band.RED),
        )
    )
)
"""Four grades on keys that mean something else in the walk."""


def large() -> Framework:
    """Sixty statements with descriptors of their own and no titles, in three sections with very long names."""
    numbers = iter(range(60))

    def statement(section: int, place: int) -> Statement:
        number = next(numbers)
        return Statement(
            id=f"statement-{number}",
            ref=f"{section}.{place}",
            text=f"Statement {number} is so. {BRACKETS}\nSecond line {BRACKETS}",
            look_for=(f"Proof {BRACKETS}",),
            descriptors={"nearly": f"Nearly {number}. {BRACKETS}", "first": f"First {number}.\nAnd {BRACKETS}"},
            note=BRACKETS,
        )

    sections = tuple(
        Section(
            id=f"section-{section}",
            ref=str(section),
            title=f"{BRACKETS} {'very long ' * 40}"[:500].strip(),
            introduction=BRACKETS,
            statements=tuple(statement(section, place) for place in range(1, 21)),
        )
        for section in (1, 2, 3)
    )
    return building.framework(title=BRACKETS, description=BRACKETS, source=BRACKETS, scale=CLASHING, sections=sections)


@pytest.fixture
def large_file(folder: Path) -> Path:
    """An empty assessment on the large framework."""
    assessment: Assessment = building.draft(framework=large())
    return building.written(folder / "large.toml", assessment)


async def test_the_scales_keys_win_and_the_others_keep_theirs(large_file: Path) -> None:
    """A level's key rates even where it means something else elsewhere; what it displaced is reached by other keys."""
    async with playing(walk(large_file)) as player:
        for key, rating in (("e", "excellent"), ("n", "nearly"), ("s", "some"), ("1", "first")):
            await player.press(key)
            assert isinstance(player.app.screen, WalkScreen)
            assert player.here.rating == rating
        bar = player.app.screen.query_one(KeyBar)
        shown = {hint.label: hint.key for hint in bar.hints}
        assert shown["Rate"] == "e/n/s/1"
        assert (shown["Evidence"], shown["Action"], shown["Source"]) == ("f2", "f3", "f8")
        await player.press("f2")
        assert player.focused == "evidence"
        await player.write("ens1")
        assert player.here.evidence == "ens1"
        await player.press("alt+e")
        assert player.here.rating == "excellent"
        for key, form in (("f3", ActionForm), ("f8", SourceForm)):
            await player.press(key)
            await player.until_on(form)
            await player.press("escape")
        await player.press("f1")
        await player.until_on(HelpDialog)
        await player.until_shown(f"e  Rate the statement Excellent {BRACKETS}"[:40])
        await player.until_shown("f2  Write the evidence for this statement.")
        await player.until_shown("then f2 for the evidence, f3 for an action")


async def test_a_statements_own_descriptor_is_the_meaning(large_file: Path) -> None:
    """Under the rating stands what it means for this statement, or what it means on the scale where it has no own."""
    async with playing(walk(large_file)) as player:
        await player.press("n")
        await player.until_shown("Nearly 0. [b]bold[/b] [/]")
        await player.until_gone("Means nearly")
        await player.press("s")
        await player.until_shown("Means some.")
        await player.press("j", "1")
        await player.until_shown("First 1.")


async def test_sixty_statements_are_walked(large_file: Path) -> None:
    """Every statement of a large framework with words full of brackets is reached, rated and summed up."""
    async with playing(walk(large_file), NARROW) as player:
        await player.press("end")
        assert player.walk.statement.ref == "3.20"
        await player.press("1", "enter", "]")
        assert player.walk.statement.ref == "1.1"
        await player.press("escape", "pagedown", "e")
        assert player.here.rating == "excellent"
        await player.press("home", "up", "k", "down", "down")
        assert player.walk.statement.ref == "1.3"
        await player.press("m")
        await player.until_on(SummaryScreen)
        await player.until_shown("2 of 60 rated")
        await player.until_shown("50 %")
        await player.press("G")
        await player.press("enter")
        await player.until_on(WalkScreen)
        assert player.walk.statement.ref == "3.20"
