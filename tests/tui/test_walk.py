"""The walk by keyboard: rating, writing and moving on."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from uuid import uuid4

import pytest

from scrutiny import paths
from scrutiny.model import edits
from scrutiny.model.action import ActionKind
from scrutiny.model.assessment import Assessment, Perspective, Scope, Status
from scrutiny.model.framework import NOT_APPLICABLE
from scrutiny.model.text import NOTE_LIMIT
from scrutiny.store import assessments
from scrutiny.tui.app import ScrutinyApp
from scrutiny.tui.dialogs.action import ActionForm
from scrutiny.tui.dialogs.assessment import DetailsForm
from scrutiny.tui.dialogs.confirm import Choice, Problem
from scrutiny.tui.dialogs.source import SourceForm
from scrutiny.tui.screens import walk as walk_module
from scrutiny.tui.screens.walk import WalkScreen
from tests import building
from tests.tui.player import playing, walk


async def test_one_letter_rates(draft_file: Path) -> None:
    """Each level's letter rates the statement in hand, 0 takes the rating back, and all of it reaches the file."""
    async with playing(walk(draft_file)) as player:
        for key, rating in (("g", "green"), ("a", "amber"), ("r", "red"), ("0", None)):
            await player.press(key)
            assert player.here.rating == rating
        await player.press("r", "j", "a")
        assert (await player.until_saved()).answers.keys() == {"plan", "leaders"}
        assert player.assessment.answer("plan").rating == "red"
        assert player.assessment.answer("leaders").rating == "amber"


async def test_not_applicable_asks_why(draft_file: Path) -> None:
    """x says that a statement does not apply, and what is typed next is the reason; a rating leaves the reason kept."""
    async with playing(walk(draft_file)) as player:
        await player.press("x")
        assert player.here.rating == NOT_APPLICABLE
        assert player.focused == "reason"
        await player.write("No partner here")
        assert player.here.reason == "No partner here"
        await player.press("alt+g")
        assert player.here.rating == "green"
        assert player.here.reason == "No partner here"
        assert player.focused != "reason"


async def test_evidence_is_typed_and_escape_keeps_it(draft_file: Path) -> None:
    """Every key for evidence leads into the note; letters are text there, and escape leads out and loses nothing."""
    async with playing(walk(draft_file)) as player:
        for key in ("e", "f2", "alt+e"):
            await player.press(key)
            assert player.focused == "evidence"
            await player.write("grant x.")
            await player.press("escape")
            assert player.focused == "statements"
        assert player.here.evidence == "grant x." * 3
        assert player.here.rating is None
        assert (await player.until_saved()).answer("plan").evidence == "grant x." * 3


async def test_alt_and_a_letter_works_while_typing(draft_file: Path) -> None:
    """While evidence is typed, alt with a level's letter rates, types nothing, and leaves the focus in the text."""
    async with playing(walk(draft_file)) as player:
        await player.press("e")
        await player.write("One ")
        await player.press("alt+a")
        await player.write("plan")
        assert player.here.rating == "amber"
        assert player.here.evidence == "One plan"
        assert player.focused == "evidence"


async def test_a_new_action_follows_the_rating(draft_file: Path) -> None:
    """The form for an action proposes the kind that the rating asks for, and keeps what is filled in."""
    async with playing(walk(draft_file)) as player:
        for rating, key in (("g", "n"), ("a", "f3")):
            await player.press(rating, key)
            await player.until_on(ActionForm)
            assert player.focused == "text"
            await player.write("Agree.")
            await player.fill("#owner", "Director")
            await player.fill("#due", "2199-03-31")
            await player.press("ctrl+s")
            await player.until_on(WalkScreen)
        sustain, improve = player.here.actions
        assert (sustain.kind, improve.kind) == (ActionKind.SUSTAIN, ActionKind.IMPROVE)
        for action in (sustain, improve):
            assert (action.text, action.owner, str(action.due)) == ("Agree.", "Director", "2199-03-31")
            assert action.agency == "Northshire Council"
        assert (await player.until_saved()).answer("plan").actions == (sustain, improve)


async def test_a_source_is_added(draft_file: Path) -> None:
    """s, or f8 while typing, opens the form for a source, and what it holds is kept with the statement."""
    async with playing(walk(draft_file)) as player:
        for keys in (["s"], ["e", "f8"]):
            await player.press(*keys)
            await player.until_on(SourceForm)
            assert player.focused == "title"
            await player.write("Audit")
            await player.fill("#date", "2026-06-30")
            await player.press("ctrl+s")
            await player.until_on(WalkScreen)
        assert [(source.title, str(source.date)) for source in player.here.sources] == [("Audit", "2026-06-30")] * 2


async def test_next_and_previous_unrated_go_around(draft_file: Path) -> None:
    """] and [ pass over what is rated and go around the end; when nothing is left they say so and stay."""
    async with playing(walk(draft_file)) as player:
        await player.press("j", "g", "]")
        assert player.walk.statement.id == "voice"
        await player.press("[")
        assert player.walk.statement.id == "plan"
        await player.press("[")
        assert player.walk.statement.id == "safety"
        await player.press("f5")
        assert player.walk.statement.id == "plan"
        await player.press("g", "]", "g", "]", "r", "]")
        assert player.walk.statement.id == "safety"
        assert "Every other statement is rated" in player.said()[-1]


async def test_statements_are_walked_while_typing(draft_file: Path) -> None:
    """ctrl+n and ctrl+o lead from one statement's evidence to the next one's; each keeps its own text and history."""
    async with playing(walk(draft_file)) as player:
        await player.press("e")
        await player.write("first")
        await player.press("ctrl+n")
        assert player.focused == "evidence"
        assert player.walk.pane.evidence.text == ""
        await player.press("ctrl+z")
        assert player.walk.pane.evidence.text == ""
        await player.write("second")
        await player.press("ctrl+o")
        assert player.focused == "evidence"
        assert player.walk.pane.evidence.text == "first"
        await player.press("ctrl+z", "ctrl+y")
        assert player.walk.pane.evidence.text == "first"
        await player.press("ctrl+n")
        await player.write(" and third")
        assert player.assessment.answer("plan").evidence == "first"
        assert "second" in player.assessment.answer("leaders").evidence
        assert player.assessment.answers.keys() == {"plan", "leaders"}


@pytest.mark.parametrize(
    "keys",
    [("ctrl+n", "ctrl+o", "ctrl+n"), ("alt+g",), ("f3",), ("escape", "escape"), ("ctrl+q",)],
    ids=" ".join,
)
async def test_the_last_letters_are_kept_however_fast_the_next_key_comes(
    draft_file: Path, keys: tuple[str, ...]
) -> None:
    """Keys that arrive together with the last letters of a note lose none of them and move none elsewhere."""
    async with playing(walk(draft_file)) as player:
        session = player.session
        await player.press("e")
        await player.burst("x", "y", *keys)
        await player.until(lambda: session.assessment.answer("plan").evidence == "xy")
        assert session.assessment.answers.keys() == {"plan"}
    session.close()


async def test_a_note_that_would_grow_too_long_stays_as_it_is(draft_file: Path) -> None:
    """What is pasted beyond the most that a note holds is refused and said, instead of being lost later."""
    async with playing(walk(draft_file)) as player:
        await player.press("e")
        await player.write("kept")
        await player.paste("a" * NOTE_LIMIT)
        assert player.walk.pane.evidence.text == player.here.evidence == "kept"
        assert "100,000" in player.said()[-1]


async def test_undo_and_redo_reach_everything_and_go_there(draft_file: Path) -> None:
    """Ratings, notes and actions are taken back one by one in their places, and done again, by either key."""
    async with playing(walk(draft_file)) as player:
        await player.press("g", "j", "e")
        await player.write("Heard")
        await player.press("escape", "j", "n")
        await player.until_on(ActionForm)
        await player.write("Ask")
        await player.press("ctrl+s")
        await player.until_on(WalkScreen)
        await player.press("j", "r")
        done = player.assessment.answers
        places = ["safety", "voice", "leaders", "plan"]
        for key, place in zip(("u", "ctrl+z", "u", "ctrl+z"), places, strict=True):
            await player.press(key)
            assert player.walk.statement.id == place
            assert place not in player.assessment.answers
        assert player.walk.pane.evidence.text == ""
        await player.press("u")
        assert "nothing to take back" in player.said()[-1]
        for key, place in zip(("U", "ctrl+y", "U", "ctrl+y"), reversed(places), strict=True):
            await player.press(key)
            assert player.walk.statement.id == place
            assert player.assessment.answer(place) == done[place]
        assert player.assessment.answers == done
        assert (await player.until_saved()).answers == done


async def test_what_is_removed_can_be_brought_back(filled_file: Path) -> None:
    """delete removes the highlighted source or action, and undo brings it back where it was."""
    async with playing(walk(filled_file)) as player:
        player.walk.go_to_statement("voice")
        before = player.here
        player.walk.query_one("#actions").focus()
        await player.press("down", "delete")
        assert player.here.actions == before.actions[:1]
        await player.press("u")
        assert player.here == before


async def test_look_for_is_folded_away_and_shown(draft_file: Path) -> None:
    """i hides what to look for and shows it again, also while typing."""
    async with playing(walk(draft_file)) as player:
        await player.until_shown("A measure for each outcome.")
        await player.press("i")
        await player.until_gone("A measure")
        await player.press("e", "alt+i")
        await player.until_shown("A measure")
        assert player.here.evidence == ""


@pytest.mark.parametrize(("ending", "kept"), [(0, "Before\nand after"), (1, "Before")])
async def test_a_note_goes_to_the_persons_editor_and_back(
    draft_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: int, kept: str
) -> None:
    """f4 opens the evidence in the editor that EDITOR names; an editor that fails leaves the note as it was."""
    editor = tmp_path / "editor.py"
    editor.write_text(
        f"import sys\nopen(sys.argv[1], 'a').write('\\r\\nand \\x1bafter\\n')\nsys.exit({ending})\n", encoding="utf-8"
    )
    monkeypatch.setenv("VISUAL", f"{sys.executable} {editor}")
    monkeypatch.setattr(ScrutinyApp, "suspend", lambda _: nullcontext())
    async with playing(walk(draft_file)) as player:
        await player.press("e")
        await player.write("Before")
        await player.press("f4")
        if ending:
            await player.until_on(Problem)
            await player.press("enter")
        assert player.here.evidence == kept
        assert player.walk.pane.evidence.text == kept


@pytest.mark.parametrize(("answer", "kept"), [("enter", "Before"), ("escape", "Before"), ("tab", "")])
async def test_an_emptied_note_is_asked_about(
    draft_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, kept: str
) -> None:
    """An editor that leaves an empty file where a note stood empties it only once the person says so."""
    editor = tmp_path / "editor.py"
    editor.write_text("import sys\nopen(sys.argv[1], 'w').close()\n", encoding="utf-8")
    monkeypatch.setenv("VISUAL", f"{sys.executable} {editor}")
    monkeypatch.setattr(ScrutinyApp, "suspend", lambda _: nullcontext())
    async with playing(walk(draft_file)) as player:
        await player.press("e")
        await player.write("Before")
        await player.press("f4")
        await player.until_on(Choice)
        assert player.here.evidence == "Before"
        assert "left nothing" in player.asked()
        await player.press(answer, *(["enter"] if answer == "tab" else []))
        assert player.here.evidence == player.walk.pane.evidence.text == kept
        await player.until_saved()
        await player.until(lambda: not list(paths.recovery_folder().glob("*.form")))


async def test_nothing_is_raised_while_the_terminal_is_handed_over(
    draft_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever goes wrong in the editor, Textual's suspension ends in order, and the failure is told after it."""
    resumed = []

    @contextmanager
    def suspend(_: ScrutinyApp) -> Iterator[None]:
        yield
        resumed.append(True)  # as Textual does: not reached after an exception

    def fail(_: Path) -> str:
        raise MemoryError

    monkeypatch.setattr(ScrutinyApp, "suspend", suspend)
    monkeypatch.setattr(walk_module, "edit_outside", fail)
    async with playing(walk(draft_file)) as player:
        await player.press("f4")
        await player.until_on(Problem)
        assert resumed
        assert "could not be used" in player.asked()


async def test_a_terminal_that_cannot_be_left_keeps_the_note(draft_file: Path) -> None:
    """Where the terminal cannot be handed to an editor, f4 says so instead of ending the program."""
    async with playing(walk(draft_file)) as player:
        await player.press("e")
        await player.write("kept")
        await player.press("f4")
        assert "cannot be handed" in player.said()[-1]
        assert player.here.evidence == "kept"


async def test_a_submitted_assessment_is_closed_but_for_its_actions(folder: Path, filled: Assessment) -> None:
    """Once submitted, ratings, evidence and sources are refused with the reason, while actions are still changed."""
    path = building.written(folder / "submitted.toml", filled.model_copy(update={"status": Status.SUBMITTED}))
    async with playing(walk(path)) as player:
        player.walk.go_to_statement("plan")
        for key in ("r", "x", "s", "f4"):
            await player.press(key)
            assert "is submitted" in player.said()[-1]
        await player.press("e")
        await player.write("more")
        assert player.here == filled.answer("plan")
        await player.press("escape", "f3")
        await player.until_on(ActionForm)
        await player.write("Go on.")
        await player.press("ctrl+s")
        await player.until_on(WalkScreen)
        assert [action.text for action in player.here.actions] == ["Keep the plan up to date.", "Go on."]


async def test_other_views_stand_beside(draft_file: Path, filled: Assessment) -> None:
    """The scrutineer's ratings and those of the last cycle stand beside one's own, and are not touched."""
    scrutiny = filled.model_copy(update={"id": uuid4(), "perspective": Perspective.INDEPENDENT_SCRUTINY})
    earlier = filled.model_copy(update={"id": uuid4(), "cycle": "2025-26"})
    theirs = building.written(draft_file.with_name("scrutiny.toml"), scrutiny)
    building.written(draft_file.with_name("earlier.toml"), earlier)
    before = theirs.read_bytes()
    async with playing(walk(draft_file)) as player:
        await player.until_shown("Last cycle:  G  Green   Scrutineer:  G  Green")
        await player.press("r", "j")
        await player.until_shown("Scrutineer: n/a not applicable")
    assert theirs.read_bytes() == before


async def test_details_are_changed(draft_file: Path) -> None:
    """d opens whose assessment it is; what is changed there stands in the heading and in the file."""
    async with playing(walk(draft_file)) as player:
        await player.press("d")
        await player.until_on(DetailsForm)
        await player.fill("#area", "Eastmoor")
        await player.fill("#cycle", "next year")
        await player.press("ctrl+s")
        await player.until_shown("cycle must be a year")
        await player.fill("#cycle", "2027-28")
        await player.choose("#marking", "OFFICIAL-SENSITIVE")
        await player.press("ctrl+s")
        await player.until_on(WalkScreen)
        await player.until_shown("Eastmoor · Self-assessment 2027-28 · OFFICIAL-SENSITIVE")
        assert (await player.until_saved()).area == "Eastmoor"
        await player.press("u")
        assert player.assessment.area == "Northshire"


async def test_what_others_describe_meanwhile_stays(draft_file: Path) -> None:
    """Details that a colleague saved while the form was open stay, beside those that were changed in it."""
    async with playing(walk(draft_file)) as player:
        await player.press("d")
        await player.until_on(DetailsForm)
        stored = assessments.load(draft_file)
        described = edits.describe(stored.assessment, scope=Scope.ADULTS, area="Eastmoor")
        assessments.save(draft_file, described, stored.digest)
        await player.until(lambda: player.assessment.area == "Eastmoor")
        await player.fill("#cycle", "2027-28")
        await player.press("ctrl+s")
        await player.until_on(WalkScreen)
        now = await player.until_saved()
        assert (now.area, now.scope, now.cycle) == ("Eastmoor", Scope.ADULTS, "2027-28")


async def test_what_is_not_told_yet_is_kept_when_the_statement_is_left(draft_file: Path) -> None:
    """Letters that a note holds already, but has not told anybody, belong to the statement they were typed for."""
    async with playing(walk(draft_file)) as player:
        await player.press("e")
        player.walk.pane.evidence.insert("x")
        player.walk.go_to_statement("voice")
        await player.settle()
        assert {place: one.evidence for place, one in player.assessment.answers.items()} == {"plan": "x"}
