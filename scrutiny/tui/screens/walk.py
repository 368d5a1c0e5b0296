"""The walk: where the work is done, statement by statement."""

import time
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import events, work
from textual.app import ComposeResult, SuspendNotSupported
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Static, TextArea
from textual.worker import get_current_worker

from scrutiny.analysis.beside import Beside, beside, may_stand_beside
from scrutiny.analysis.progress import tally
from scrutiny.errors import FileProblem, ScrutinyError
from scrutiny.exchange.tables import long_day
from scrutiny.model import edits
from scrutiny.model.assessment import Assessment, Status
from scrutiny.model.framework import NOT_APPLICABLE, Statement
from scrutiny.model.text import is_blank
from scrutiny.store.drafts import EVIDENCE, Drafting
from scrutiny.store.index import load_chosen
from scrutiny.tui import keys
from scrutiny.tui.content import join, line, plain
from scrutiny.tui.editor import edit_outside
from scrutiny.tui.screens.open_file import OpenFileScreen
from scrutiny.tui.widgets.item_list import ItemList
from scrutiny.tui.widgets.key_bar import Hint
from scrutiny.tui.widgets.rating_bar import RatingBar
from scrutiny.tui.widgets.row_list import RowList
from scrutiny.tui.widgets.save_status import SaveStatus
from scrutiny.tui.widgets.statement_list import StatementList
from scrutiny.tui.widgets.statement_pane import StatementPane
from scrutiny.workspace.history import Step
from scrutiny.workspace.known_file import SaveKind, SaveState
from scrutiny.workspace.session import Edit, Session

if TYPE_CHECKING:
    from scrutiny.tui.screens.item_forms import ItemForms


class WalkScreen(OpenFileScreen):
    """One assessment: the list of statements, and the statement in hand."""

    HELP: ClassVar[str] = """
The walk. On the left every statement with its rating; on the right the one in hand.

Press a rating's letter, then {evidence} for the evidence, {action_new} for an action, and {next_unrated} for the \
next statement without a rating. \
While you type, letters are text: hold alt with the same letter, or use the function keys. Escape leaves the text; \
nothing you typed is ever thrown away. Everything is saved by itself: the top line says when.

Green and amber need evidence, and every rating needs an action: to sustain what is green, to improve what is not.
"""

    class BesideFound(Message):
        """Other assessments to be read beside this one were found."""

        def __init__(self, found: list[Beside]) -> None:
            super().__init__()
            self.found = found

    def __init__(self, session: Session, statement_id: str | None = None) -> None:
        framework = session.assessment.framework
        super().__init__(session, keys.walk_commands(framework.scale))
        self.add_class("-list", update=False)
        known = framework.by_id.get(statement_id or "")
        self._statement = known or _first_unrated(session.assessment) or framework.statements[0]
        self._shown = session.assessment
        self._heading: tuple[str, ...] = ()
        self._unkept: ScrutinyError | None = None
        self._look_for_chosen = False

    @cached_property
    def forms(self) -> "ItemForms":
        """The forms of this file."""
        from scrutiny.tui.screens.item_forms import ItemForms

        return ItemForms(self.scrutiny, self.session, self._show_changed, "Undo (u) brings it back.")

    def body(self) -> ComposeResult:
        """The heading, the list and the statement."""
        assessment = self.session.assessment
        with Horizontal(classes="heading"):
            yield Static(classes="whose")
            yield Static(classes="figures")
            yield SaveStatus(self.session.path)
        with Horizontal(classes="work"):
            yield StatementList(assessment, id="statements")
            yield StatementPane(assessment.framework.scale, id="pane")

    @property
    def statement(self) -> Statement:
        """The statement in hand."""
        return self._statement

    @property
    def pane(self) -> StatementPane:
        """The statement in hand, on the screen."""
        return self.query_one(StatementPane)

    @property
    def statements(self) -> StatementList:
        """The list of statements."""
        return self.query_one(StatementList)

    def on_mount(self) -> None:
        """Show the assessment, and look around for others to read beside it."""
        super().on_mount()
        self.statements.go_to(self._statement.id)
        self.watch(self.statements, "highlighted", self._follow_list, init=False)
        self.statements.focus()
        self.pane.go_to(self.session.assessment, self._statement)
        self._show_heading()
        if self.session.edited_by_hand:
            self.notify("This file was edited by hand. The next save seals it again.", markup=False, timeout=8)
        self.watch_file()
        self.find_beside()

    def on_resize(self, event: events.Resize) -> None:
        """In a low window, fold away what to look for, unless it was asked for."""
        if not self._look_for_chosen:
            self.pane.show_look_for(shown=event.size.height >= 30)
        self._show_heading()

    def on_screen_resume(self) -> None:
        """Show what another screen changed."""
        if self._shown is not self.session.assessment:
            self.refresh_all()

    def hinted(self) -> Sequence[str]:
        """While typing, what still works; otherwise what one does most."""
        if isinstance(self.focused, TextArea):
            return ("back", "next", "action-new", "source-new", "editor")
        return ("evidence", "action-new", "next-unrated", "source-new")

    def hints(self) -> Iterator[Hint]:
        """The ratings' keys first, in one hint, so that any scale fits."""
        typing = isinstance(self.focused, TextArea)
        ratings = keys.rating_commands(self.session.assessment.framework.scale)
        rating_keys = [self.key_of(command) for command in ratings]
        if typing and all(key.startswith("alt+") for key in rating_keys):
            rating_keys[1:] = [key.removeprefix("alt+") for key in rating_keys[1:]]
        yield Hint("/".join(key for key in rating_keys if key), "Rate")
        yield from super().hints()

    def on_descendant_focus(self) -> None:
        """Other keys help where text is typed; one column, where there is only one, is the one in use."""
        self.set_class(self.focused is self.statements, "-list")
        self.show_hints()

    # What a person does

    def on_row_list_chosen(self, message: RowList.Chosen) -> None:
        """Turn from the list to the statement."""
        if isinstance(message.row_list, StatementList):
            self.remove_class("-list")
            self.pane.bar.focus()

    def on_rating_bar_chosen(self, message: RatingBar.Chosen) -> None:
        """Give the rating that was chosen on the bar."""
        self.action_rate(message.rating)

    def on_statement_pane_note_changed(self, message: StatementPane.NoteChanged) -> None:
        """Keep what was typed."""
        if message.statement.id != self._statement.id:
            return  # it was kept when the other statement was left
        self.somebody_types()
        evidence = message.note == "evidence"
        write = edits.write_evidence if evidence else edits.give_reason
        text = (self.pane.evidence if evidence else self.pane.reason).text  # by now it may hold another's words, too
        statement = message.statement
        try:
            self.session.edit(
                lambda assessment: write(assessment, statement.id, text),
                f"the {message.note} of {statement.ref}",
                statement.id,
                typing=True,
            )
        except ScrutinyError as problem:
            self._unkept = problem
        else:
            self._unkept = None
            self.pane.typed(self.session.assessment)
        self.show_save_state()

    def on_statement_pane_item_chosen(self, message: StatementPane.ItemChosen) -> None:
        """Open the source or action, or begin a new one."""
        ask = self.forms.source if message.kind == "sources" else self.forms.action
        ask(self._statement, message.code)

    def on_statement_pane_look_for_clicked(self) -> None:
        """Show or hide what to look for."""
        self.action_look_for()

    def on_walk_screen_beside_found(self, message: BesideFound) -> None:
        """Show other views beside this one."""
        self.pane.show_beside(message.found)

    def action_rate(self, rating: str) -> None:
        """Give the statement a rating, or take it back."""
        statement, level = self._statement, self.session.assessment.framework.scale.by_key.get(rating)
        self._edit(lambda now: edits.rate(now, statement.id, rating or None), f"the rating of {statement.ref}")
        if rating == NOT_APPLICABLE and not self.session.assessment.answer(statement.id).reason:
            self.remove_class("-list")
            self.pane.reason.focus()
        elif level is not None and self.focused is self.pane.reason:
            self.pane.bar.focus()

    def action_evidence(self) -> None:
        """Begin to write evidence."""
        self.remove_class("-list")
        self.pane.evidence.focus()

    def action_new_source(self) -> None:
        """Begin a new source."""
        self.forms.source(self._statement)

    def action_new_action(self) -> None:
        """Begin a new action."""
        self.forms.action(self._statement)

    def action_step(self, statements: int) -> None:
        """Go some statements on, wherever the focus is."""
        every = self.session.assessment.framework.statements
        position = every.index(self._statement) + statements
        if 0 <= position < len(every):
            self._jump(every[position])

    def action_next_unrated(self, direction: int) -> None:
        """Go to the nearest statement without a rating in a direction, around the end."""
        assessment = self.session.assessment
        every = assessment.framework.statements
        here = every.index(self._statement)
        around = [every[(here + direction * step) % len(every)] for step in range(1, len(every))]
        unrated = next((found for found in around if assessment.answer(found.id).rating is None), None)
        if unrated is None:
            self.notify("Every other statement is rated. The summary (m) says what is still missing.", markup=False)
        else:
            self._jump(unrated)

    def action_editor(self) -> None:
        """Write the evidence in the person's own editor."""
        statement = self._statement
        before = self.session.assessment.answer(statement.id).evidence
        if self.session.assessment.status is not Status.DRAFT:  # said before anybody writes what cannot be kept
            self._edit(lambda now: edits.write_evidence(now, statement.id, before), "the evidence")
            return
        self._write_outside(statement, before)

    @work(exclusive=True, group="editor", exit_on_error=False)
    async def _write_outside(self, statement: Statement, before: str) -> None:
        drafting = Drafting(self.session.path, EVIDENCE, statement.id)
        try:
            note = await self.scrutiny.ask_disk(partial(drafting.note_file, before))
            after = self._edited_outside(note)
        except SuspendNotSupported:
            self.scrutiny.chores.call(drafting.forget)
            self.notify("This terminal cannot be handed to an editor.", severity="warning", markup=False)
            return
        except ScrutinyError as problem:
            self.scrutiny.chores.call(partial(drafting.forget_unchanged, before))
            self.scrutiny.show_problem(problem)
            return
        self.refresh(layout=True)
        if is_blank(after) and not is_blank(before):
            self._ask_about_emptied_note(statement, drafting)
        else:
            self._keep_from_editor(statement, before, after, drafting)

    def _edited_outside(self, note: Path) -> str:
        """Hand the terminal to the person's editor and return the text that it left.

        Raises:
            SuspendNotSupported: This terminal cannot be handed over.
            ScrutinyError: There is no such text.
        """
        problem: ScrutinyError
        with self.app.suspend():
            # Textual does not resume after an exception in this block, which would leave the window dead.
            try:
                return edit_outside(note)
            except ScrutinyError as error:
                problem = error
            except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - raised again below, once resumed
                problem = ScrutinyError("The editor could not be used.", hint="The note is as it was before.")
                problem.__cause__ = error
        raise problem

    def _ask_about_emptied_note(self, statement: Statement, drafting: Drafting) -> None:
        """Ask before a note is emptied: an editor may also leave an empty file by mistake."""
        from scrutiny.tui.dialogs.confirm import Choice

        def carry_out(answer: str | None) -> None:
            before = self.session.assessment.answer(statement.id).evidence
            self._keep_from_editor(statement, before, "" if answer == "empty" else before, drafting)

        answers = [("keep", "Keep the note"), ("empty", "Empty it")]
        question = f"The editor left nothing of the evidence of {statement.ref}."
        self.app.push_screen(Choice(question, answers), carry_out)

    def _keep_from_editor(self, statement: Statement, before: str, after: str, drafting: Drafting) -> None:
        """Write what another editor left into the note, and keep its draft until that is saved."""
        if self._edit(lambda now: edits.write_evidence(now, statement.id, after), f"the evidence of {statement.ref}"):
            self.session.sync.when_saved(drafting.forget)
        elif after == before:
            self.scrutiny.chores.call(drafting.forget)

    def action_look_for(self) -> None:
        """Show or hide what to look for."""
        self._look_for_chosen = True
        self.pane.show_look_for(shown=not self.pane.look_for_shown)

    def action_undo(self) -> None:
        """Take the last change back, and show where it was."""
        self._show_step(self.session.undo, "Took back", "There is nothing to take back.")

    def action_redo(self) -> None:
        """Do the undone change again, and show where it was."""
        self._show_step(self.session.redo, "Did again", "There is nothing to do again.")

    def action_summary(self) -> None:
        """Figures, exceptions and checks."""
        from scrutiny.tui.screens.summary import SummaryScreen

        self.app.push_screen(SummaryScreen(self.session, self.go_to_statement))

    def action_tracker(self) -> None:
        """Every action in one list."""
        from scrutiny.tui.screens.tracker import TrackerScreen

        self.app.push_screen(TrackerScreen(self.session, self.go_to_statement))

    def action_export(self) -> None:
        """Export the tracker workbook."""
        self.scrutiny.export(self.session.path, self.session.assessment)

    def action_details(self) -> None:
        """Change whose assessment it is and what it describes."""
        self.forms.details()

    def action_list(self) -> None:
        """Go to the list of statements."""
        self.add_class("-list")
        self.statements.focus()

    def action_remove(self) -> None:
        """Remove the highlighted source or action."""
        if isinstance(self.focused, ItemList) and self.focused.highlighted_code:
            self.forms.remove(self._statement, self.focused.id or "", self.focused.highlighted_code)

    def action_save(self) -> None:
        """Save at once, in the background."""
        self.session.sync.hurry()
        self.session.sync.look()
        self.ask_again()
        self.show_save_state()

    def action_save_copy(self) -> None:
        """Save what is here under another name, and go on there."""
        self.keep_notes()
        self.scrutiny.save_copy()

    async def action_back(self) -> None:
        """One step out: of the text, of the statement, of the assessment."""
        if self.focused is not self.statements or not self.statements.display:
            self.action_list()
        else:
            await self.scrutiny.leave_assessment()

    def go_to_statement(self, statement_id: str) -> None:
        """Go to a statement, with the statement rather than the list in a narrow window."""
        self.remove_class("-list")
        self._jump(self.session.assessment.framework.by_id[statement_id])

    # What is shown

    def keep_notes(self) -> None:
        """Keep what stands in the notes, though the word of its last letters may still be on its way here."""
        if not self.is_mounted:
            return
        answer = self.session.assessment.answer(self._statement.id)
        for note, kept in ((self.pane.evidence, answer.evidence), (self.pane.reason, answer.reason)):
            if note.text != kept:
                typed = StatementPane.NoteChanged(self._statement, note.id or "")
                self.on_statement_pane_note_changed(typed)

    @work(exclusive=True, group="go on", exit_on_error=False)
    async def go_on(self) -> None:
        """Open the form again that was open when the last session on the file ended."""
        statement = await self.forms.go_on()
        if statement is not None:
            self.go_to_statement(statement.id)

    def refresh_all(self) -> None:
        """Show everything as it stands in the session."""
        self.statements.show(self.session.assessment)
        self.pane.follow(self.session.assessment)
        self._show_heading()

    @work(thread=True, exclusive=True, group="beside", exit_on_error=False)
    def find_beside(self) -> None:
        """Read the folder for other perspectives and the cycle before."""
        assessment, path = self.session.assessment, self.session.path
        worker, asked = get_current_worker(), time.monotonic()

        def stop() -> bool:
            """Pause for as long as the last file has taken twice over, so that keys are answered meanwhile."""
            nonlocal asked
            time.sleep(2 * (time.monotonic() - asked))
            asked = time.monotonic()
            return worker.is_cancelled

        try:
            stored = load_chosen(path.parent, partial(may_stand_beside, assessment), path, stop)
            found = beside(assessment, [other.assessment for other in stored])
        except FileProblem:  # a file can be open in a folder that may not be listed
            return
        if found and not worker.is_cancelled:
            self.post_message(self.BesideFound(found))

    def _edit(self, edit: Edit, what: str) -> bool:
        """Carry out an edit of the statement in hand and show it; says whether it was carried out."""
        try:
            changed = self.session.edit(edit, what, self._statement.id)
        except ScrutinyError as problem:
            self.notify(f"{problem.title} {problem.hint}", severity="warning", timeout=8)
            return False
        if changed:
            self._show_changed()
        return changed

    def _show_changed(self) -> None:
        with self.app.batch_update():
            self.statements.show(self.session.assessment, self._statement.id)
            self.pane.follow(self.session.assessment)
            self._show_heading()

    def _go_to(self, statement: Statement) -> None:
        if statement.id == self._statement.id:
            return
        self.keep_notes()
        self._statement = statement
        self._unkept = None
        with self.app.batch_update():
            self.pane.go_to(self.session.assessment, statement)
        if self.focused is self.pane.reason and not self.pane.reason.display:
            self.pane.evidence.focus()  # at once: nobody should type where nothing is seen

    def _follow_list(self, index: int) -> None:
        """Go where the list went, at once: the next key may rate."""
        statement = self.statements.statement_at(index)
        if statement is not None:
            self._go_to(statement)

    def _jump(self, statement: Statement) -> None:
        self.statements.go_to(statement.id)
        self._go_to(statement)

    def _show_step(self, take: Callable[[], Step | None], done: str, nothing: str) -> None:
        self.keep_notes()
        try:
            step = take()
        except ScrutinyError as problem:
            self.notify(f"{problem.title} {problem.hint}", severity="warning", timeout=8)
            return
        if step is None:
            self.scrutiny.notify(nothing, kind="step")
            return
        if step.statement_id is not None:
            self._jump(self.session.assessment.framework.by_id[step.statement_id])
        self.refresh_all()
        self.scrutiny.notify(f"{done}: {step.what}.", kind="step", timeout=3)

    def _show_heading(self) -> None:
        assessment = self.session.assessment
        words = [f"{assessment.perspective.label} {assessment.cycle}", assessment.marking.label]
        if assessment.status is not Status.DRAFT:
            words.insert(0, assessment.status.label.upper())
        if self.size.width >= 110:
            words.append(f"as at {long_day(assessment.as_at)}")
        heading = (assessment.area, *words)
        if heading != self._heading:
            self._heading = heading
            whose = join(line(assessment.area, "bold"), *(f" · {word}" for word in words))
            self.query_one(".whose", Static).update(whose, layout=False)
        self._shown = assessment
        found = tally(assessment)
        figures = self.query_one(".figures", Static)
        words_of_figures = f"{found.answered} of {found.total} rated"
        figures.update(plain(words_of_figures), layout=False)
        figures.styles.width = len(words_of_figures) + 2
        self.show_save_state()

    def show_save_state(self) -> None:
        """Show what is true of the file, and of what cannot be kept in it."""
        state = self.session.save_state
        if self._unkept is not None:
            state = SaveState(SaveKind.FAILED, state.at, self._unkept)
        self.query_one(SaveStatus).state = state


def _first_unrated(assessment: Assessment) -> Statement | None:
    unrated = (statement for statement, answer in assessment.in_order() if answer.rating is None)
    return next(unrated, None)
