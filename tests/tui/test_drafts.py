"""Forms that were open when the last session ended: open again with what stood in them, and asked about only once."""

import gc
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest
from textual.widgets import Select

from scrutiny import paths
from scrutiny.errors import FileProblem
from scrutiny.model import edits
from scrutiny.model.assessment import Assessment, Status
from scrutiny.store import assessments, drafts, recovery
from scrutiny.store.drafts import Drafting
from scrutiny.tui.app import ScrutinyApp
from scrutiny.tui.dialogs.action import ActionForm
from scrutiny.tui.dialogs.assessment import DetailsForm, NewForm
from scrutiny.tui.dialogs.confirm import Problem
from scrutiny.tui.dialogs.conflicts import ConflictsDialog
from scrutiny.tui.dialogs.source import SourceForm
from scrutiny.tui.screens.library import LibraryScreen
from scrutiny.tui.screens.walk import WalkScreen
from scrutiny.workspace.session import Session
from tests import building
from tests.tui.player import library, playing, walk

pytestmark = pytest.mark.usefixtures("saves_at_once")


@pytest.fixture
def keeps_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands in a form is kept many times a second."""
    monkeypatch.setattr("scrutiny.tui.dialogs.form._KEEP_SECONDS", 0.02)


def left(place: Path, form: str, statement_id: str = "", code: str = "", **fields: str) -> None:
    """What a session keeps that ends with a form open."""
    drafting = Drafting(place, form, statement_id, code)
    drafting.keep(fields)
    drafting._lock.release(force=True)  # as the system does with a dead process's


@pytest.mark.usefixtures("keeps_often")
async def test_what_stands_in_a_form_is_kept_while_it_is_open(draft_file: Path) -> None:
    """A moment after a key it is on the disk; leaving the form removes it, and so does a save."""
    async with playing(walk(draft_file)) as player:
        for ending in ("throw away", "keep"):
            await player.press("n")
            await player.until_on(ActionForm)
            assert not drafts.waiting_for(draft_file)
            await player.write("Agree who leads.")
            await player.until(lambda: drafts.waiting_for(draft_file))
            if ending == "keep":
                await player.press("ctrl+s")
            else:
                await player.press("escape")
                await player.answer("leave")
            await player.until_on(WalkScreen)
            await player.until(lambda: not drafts.waiting_for(draft_file))
        assert [action.text for action in (await player.until_saved()).answer("plan").actions] == ["Agree who leads."]


@pytest.mark.usefixtures("keeps_often")
async def test_quitting_without_keeping_leaves_nothing_to_offer(draft_file: Path) -> None:
    """Who answers that the form is to be thrown away is not asked again at the next start."""
    async with playing(walk(draft_file)) as player:
        await player.press("n")
        await player.until_on(ActionForm)
        await player.write("Thought better of it")
        await player.until(lambda: drafts.waiting_for(draft_file))
        await player.press("ctrl+q")
        await player.answer("leave")
        await player.until(lambda: player.app._exit)
    assert not drafts.waiting_for(draft_file)


async def test_an_action_goes_on_where_it_was(draft_file: Path) -> None:
    """The form opens at its statement with every field as it was; kept, the action is in the file."""
    left(
        draft_file,
        "action",
        "voice",
        text="Hear carers.",
        owner="Participation Lead",
        due="31 Mar",
        priority="high",
    )
    async with playing(walk(draft_file)) as player:
        await player.until_on(ActionForm)
        assert "Hear carers." in player.shown()
        assert (player.value("#owner"), player.value("#due")) == ("Participation Lead", "31 Mar")
        assert player.walk.statement.id == "voice"
        await player.fill("#due", "2027-03-31")
        await player.press("ctrl+s")
        await player.until_on(WalkScreen)
        (action,) = (await player.until_saved()).answer("voice").actions
        assert (action.text, action.owner, action.priority) == ("Hear carers.", "Participation Lead", "high")
        await player.until(lambda: not drafts.waiting_for(draft_file))


@pytest.mark.parametrize(
    ("form", "statement_id", "opened", "fields"),
    [
        ("source", "voice", SourceForm, {"title": "Survey of young carers", "kind": "no such kind"}),
        ("details", "", DetailsForm, {"area": "Eastmoor", "a field of a later version": "x"}),
    ],
)
async def test_other_forms_go_on_too(
    draft_file: Path, form: str, statement_id: str, opened: type[SourceForm | DetailsForm], fields: dict[str, str]
) -> None:
    """Sources and details open with their fields; what a field cannot hold is left out."""
    left(draft_file, form, statement_id, **fields)
    async with playing(walk(draft_file)) as player:
        await player.until_on(opened)
        assert next(iter(fields.values())) in player.shown()
        await player.press("ctrl+s")
        await player.until_on(WalkScreen)
        saved = await player.until_saved()
        assert "Eastmoor" in saved.area or saved.answer("voice").sources[0].title == "Survey of young carers"


async def test_a_new_assessment_goes_on_in_the_library(folder: Path) -> None:
    """The form for a new assessment opens again in its folder."""
    left(folder, "assessment", partnership="Eastmoor Safeguarding Partnership", area="Eastmoor", file="mine.toml")
    async with playing(library(folder)) as player:
        await player.until_on(NewForm)
        assert (player.value("#area"), player.value("#file")) == ("Eastmoor", "mine.toml")
        await player.press("escape")
        await player.answer("leave")
        await player.until_on(LibraryScreen)
        assert not drafts.waiting_for(folder)


@pytest.mark.parametrize(("form", "statement_id"), [("unheard of", "voice"), ("action", "no-such-statement")])
async def test_what_fits_nowhere_stops_nothing(draft_file: Path, form: str, statement_id: str) -> None:
    """A draft of something that is not there any more is put aside; the program starts as ever."""
    left(draft_file, form, statement_id, text="x")
    async with playing(walk(draft_file)) as player:
        assert player.app.screen is player.walk
        await player.until(lambda: not drafts.waiting_for(draft_file))
        (aside,) = paths.recovery_folder().glob("*.unusable")
        await player.until(lambda: any(str(aside) in words for words in player.said()))


@pytest.mark.parametrize("where", [walk, library])
async def test_a_broken_draft_is_told(draft_file: Path, where: Callable[[Path], ScrutinyApp]) -> None:
    """A draft that cannot be understood is put aside, and a notice says where."""
    place = draft_file if where is walk else draft_file.parent
    left(place, "action", "voice", text="x")
    (kept_at,) = recovery.kept_for(place, ".form")
    kept_at.write_bytes(b"cut")
    async with playing(where(place)) as player:
        await player.until(lambda: any(str(kept_at.with_suffix(".unusable")) in words for words in player.said()))


async def test_what_another_editor_held_is_offered_beside_what_was_saved(draft_file: Path) -> None:
    """A note that was open in a person's own editor is shown beside the saved one, to choose."""
    drafting = Drafting(draft_file, drafts.EVIDENCE, "voice")
    drafting.note_file("Written elsewhere.")
    drafting._lock.release(force=True)
    async with playing(walk(draft_file)) as player:
        await player.until_on(ConflictsDialog)
        assert "Written elsewhere." in player.shown()
        player.app.screen.query_one("#choice-0", Select).value = "theirs"
        await player.press("ctrl+s")
        assert (await player.until_saved()).answer("voice").evidence == "Written elsewhere."
        await player.until(lambda: not drafts.waiting_for(draft_file))


async def test_nothing_is_left_of_a_note_that_came_back_from_an_editor(
    draft_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the editor is open its file is the draft; once the note is saved, both are gone."""
    editor = tmp_path / "editor.py"
    editor.write_text("import sys\nopen(sys.argv[1], 'a').write('Heard.')\n", encoding="utf-8")
    monkeypatch.setenv("VISUAL", f"{sys.executable} {editor}")
    monkeypatch.setattr(ScrutinyApp, "suspend", lambda _: nullcontext())
    async with playing(walk(draft_file)) as player:
        await player.press("f4")
        assert (await player.until_saved()).answer("plan").evidence == "Heard."
        await player.until(lambda: not drafts.waiting_for(draft_file))


async def test_a_form_asks_before_it_writes_over_what_another_changed(draft_file: Path) -> None:
    """Where a colleague changed the same field while the form was open, both are shown; the choice is kept."""
    session = Session(assessments.load(draft_file))
    session.edit(lambda now: edits.put_action(now, "plan", edits.new_action(now, "plan", "Agree.")), "an action")
    assert session.close()
    async with playing(walk(draft_file)) as player:
        await player.press("e", "tab", "tab", "enter")
        await player.until_on(ActionForm)
        colleague = Session(assessments.load(draft_file))
        (known,) = colleague.assessment.answer("plan").actions
        theirs = edits.revise_action(known, outcome="Theirs.", owner="Their Lead")
        colleague.edit(lambda now: edits.put_action(now, "plan", theirs), "an action")
        assert colleague.close()
        await player.until(lambda: player.here.actions[0].owner == "Their Lead")
        await player.fill("#outcome", "Ours.")
        await player.press("ctrl+s")
        await player.until_on(ConflictsDialog)
        assert "Ours." in player.shown()
        assert "Theirs." in player.shown()
        await player.press("ctrl+s")
        await player.until_on(WalkScreen)
        (action,) = (await player.until_saved()).answer("plan").actions
        assert (action.outcome, action.owner) == ("Ours.\n\nTheirs.", "Their Lead")


async def test_a_new_assessment_that_cannot_be_written_is_not_filled_in_twice(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the file cannot be made, the reason is said and the form is there again with all that was filled in."""

    def full(path: Path, content: bytes, _standing: None) -> None:
        raise FileProblem(f"{path.name} of {len(content)} bytes cannot be written: the disk is full.")

    async with playing(library(folder)) as player:
        await player.press("n")
        await player.until_on(NewForm)
        for field in ("partnership", "area", "organisation", "role"):
            await player.fill(f"#{field}", f"Eastmoor {field}")
        with monkeypatch.context() as patch:
            patch.setattr("scrutiny.store.assessments.replace", full)
            await player.press("ctrl+s")
            await player.until_on(Problem)
        assert "the disk is full" in player.asked()
        await player.press("enter")
        await player.until_on(NewForm)
        assert player.value("#role") == "Eastmoor role"
        await player.press("ctrl+s")
        await player.until_on(WalkScreen)
        assert player.assessment.respondent.role == "Eastmoor role"
        assert not drafts.waiting_for(folder)


async def test_a_form_that_goes_on_puts_nothing_back(draft_file: Path) -> None:
    """Fields that were only looked at show what others put there since; in a note both texts stand."""
    base = edits.put_action(building.draft(), "plan", building.action("AA234", outcome="First.", owner="Lead"))
    drafting = Drafting(draft_file, "action", "plan", "AA234")
    first = {"text": building.action().text, "outcome": "First.", "owner": "Lead"}
    drafting.keep({**first, "text": "Mine.", "outcome": "Mine, too."}, first)
    drafting._lock.release(force=True)
    theirs = edits.revise_action(base.answer("plan").actions[0], outcome="Theirs.", owner="Their Lead")
    draft_file.unlink()
    building.written(draft_file, edits.put_action(base, "plan", theirs))
    async with playing(walk(draft_file)) as player:
        await player.until_on(ActionForm)
        await player.press("ctrl+s")
        await player.until_on(WalkScreen)
        (action,) = (await player.until_saved()).answer("plan").actions
        assert (action.text, action.outcome, action.owner) == ("Mine.", "Mine, too.\n\nTheirs.", "Their Lead")


async def test_a_new_action_is_offered_under_one_code(draft_file: Path) -> None:
    """An action that is in the file already when its form is offered again is not there twice."""
    left(draft_file, "action", "plan", "AA234", text="Do the one thing.")
    kept = building.action("AA234", text="Do the one thing.")
    draft_file.unlink()
    building.written(draft_file, edits.put_action(building.draft(), "plan", kept))
    async with playing(walk(draft_file)) as player:
        await player.until_on(ActionForm)
        await player.press("ctrl+s")
        await player.until_on(WalkScreen)
        assert len((await player.until_saved()).answer("plan").actions) == 1


@pytest.mark.parametrize("written", ["Written. ", ""])
async def test_an_editor_that_was_closed_with_its_window_loses_nothing(
    draft_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    """What an editor had saved before it ended with an error is offered at the next start, as what is proposed."""
    editor = tmp_path / "editor.py"
    editor.write_text(f"import sys\nopen(sys.argv[1], 'a').write({written!r})\nsys.exit(129)\n", encoding="utf-8")
    monkeypatch.setenv("VISUAL", f"{sys.executable} {editor}")
    monkeypatch.setattr(ScrutinyApp, "suspend", lambda _: nullcontext())
    async with playing(walk(draft_file)) as player:
        await player.press("f4")
        await player.until_on(Problem)
        assert drafts.waiting_for(draft_file) is bool(written)
    gc.collect()  # and with it the lock, which goes with its process
    if written:
        async with playing(walk(draft_file)) as player:
            await player.until_on(ConflictsDialog)
            assert player.app.screen.query_one("#choice-0", Select).value == "theirs"
            await player.press("ctrl+s")
            assert (await player.until_saved()).answer("plan").evidence == written


async def test_what_is_closed_waits_and_the_rest_goes_on(folder: Path, filled: Assessment) -> None:
    """In a submitted assessment a note and a source wait until it is a draft again; an action is offered at once."""
    path = building.written(folder / "submitted.toml", filled.model_copy(update={"status": Status.SUBMITTED}))
    note = Drafting(path, drafts.EVIDENCE, "plan")
    note.note_file("Written elsewhere.")
    note._lock.release(force=True)
    left(path, "source", "plan", "AA345", title="Survey")
    left(path, "action", "plan", "AA234", text="Go on.")
    async with playing(walk(path)) as player:
        await player.until_on(ActionForm)
        await player.press("ctrl+s")
        await player.until_on(WalkScreen)
        assert (await player.until_saved()).answer("plan").actions[-1].id == "AA234"
        await player.until(lambda: len(recovery.kept_for(path, ".form")) == 2)
