"""One statement with everything that is said about it: the right-hand side of the walk."""

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Static, TextArea

from scrutiny.analysis.beside import Beside
from scrutiny.analysis.checks import Severity, check_statement
from scrutiny.exchange.tables import action_line, long_day
from scrutiny.model.action import Action
from scrutiny.model.assessment import BLANK, Answer, Assessment, Source, Status
from scrutiny.model.framework import NOT_APPLICABLE, Level, Scale, Statement
from scrutiny.tui.content import ALERT, HEADING, MUTED, chip, join, line, plain
from scrutiny.tui.widgets.item_list import Item, ItemList
from scrutiny.tui.widgets.passage import Paragraph, Passage
from scrutiny.tui.widgets.rating_bar import RatingBar
from scrutiny.tui.widgets.row_list import RowList
from scrutiny.tui.widgets.text_fields import NoteArea

_CHECK_AFTER = 0.3
"""Seconds after the last key before the checks under the note are brought up to date."""


class StatementPane(VerticalScroll, can_focus=False):
    """Shows one statement of an assessment; tells what a person does to it."""

    DEFAULT_CSS = """
    StatementPane {
        padding: 0 1;
        scrollbar-size-vertical: 1;
        & > Static { height: auto; }
        & > .label { margin-top: 1; color: $text-muted; }
        & > #question { margin-bottom: 1; }
        & > #findings { margin-top: 1; min-height: 3; }
    }
    """

    class NoteChanged(Message):
        """Something was typed into a note."""

        def __init__(self, statement: Statement, note: str) -> None:
            super().__init__()
            self.statement = statement
            """The statement that it was typed for; by now another one may be in hand."""
            self.note = note
            """Which one: "evidence" or "reason"."""

    class ItemChosen(Message):
        """A source or an action was chosen, or the row that adds one."""

        def __init__(self, kind: str, code: str | None) -> None:
            super().__init__()
            self.kind = kind
            """Which kind: "sources" or "actions"."""
            self.code = code

    class LookForClicked(Message):
        """Somebody wants to see what to look for, or has seen enough of it."""

    def __init__(self, scale: Scale, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._scale = scale
        self._assessment: Assessment | None = None
        self._statement: Statement | None = None
        self._beside: Sequence[Beside] = ()
        self._look_for_shown = True
        self._waiting: Timer | None = None
        self._items = BLANK
        """The answer whose sources and actions are shown."""

    def compose(self) -> ComposeResult:
        """From the question to what is still missing."""
        yield Passage(id="question")
        yield RatingBar(self._scale, id="rating")
        yield Passage(id="meaning")
        yield NoteArea(id="reason", hint="Why the statement does not apply", compact=True)
        yield Passage(id="evidence-label", classes="label")
        yield NoteArea(id="evidence", hint="What shows it? What changed for children or adults?", compact=True)
        yield Static(plain("Sources"), classes="label")
        yield ItemList("Add a source", id="sources")
        yield Static(plain("Actions"), classes="label")
        yield ItemList("Add an action", id="actions")
        yield Passage(id="findings")

    @property
    def evidence(self) -> NoteArea:
        """The evidence note."""
        return self.query_one("#evidence", NoteArea)

    @property
    def reason(self) -> NoteArea:
        """The note that says why the statement does not apply."""
        return self.query_one("#reason", NoteArea)

    @property
    def bar(self) -> RatingBar:
        """The ratings."""
        return self.query_one(RatingBar)

    def go_to(self, assessment: Assessment, statement: Statement) -> None:
        """Show another statement, from its top, with notes that have no history yet."""
        self._assessment, self._statement = assessment, statement
        answer = assessment.answer(statement.id)
        self.evidence.show(answer.evidence)
        self.reason.show(answer.reason)
        self._show_question()
        self._keep_room_for_meanings()
        self._show_all(answer)
        self.scroll_home(animate=False, immediate=True)
        for note in (self.evidence, self.reason):
            self.call_after_refresh(note.show_caret)

    def follow(self, assessment: Assessment) -> None:
        """Show a new state of the same statement."""
        if self._statement is None:
            return
        self._assessment = assessment
        answer = assessment.answer(self._statement.id)
        self.evidence.amend(answer.evidence)
        self.reason.amend(answer.reason)
        self._show_all(answer)

    def typed(self, assessment: Assessment) -> None:
        """Take a new state that came of typing here: only the checks can have changed, and they can wait."""
        self._assessment = assessment
        if self._waiting is not None:
            self._waiting.stop()
        self._waiting = self.set_timer(_CHECK_AFTER, self._show_findings_after_typing)

    def show_beside(self, beside: Sequence[Beside]) -> None:
        """Show what other assessments say."""
        self._beside = beside
        self._keep_room_for_meanings()
        self._show_meaning(self.bar.rating)

    def show_look_for(self, *, shown: bool) -> None:
        """Show or fold away what to look for."""
        self._look_for_shown = shown
        self._show_question()
        if shown:
            self.call_after_refresh(self.scroll_home, animate=False)

    @property
    def look_for_shown(self) -> bool:
        """Whether what to look for is shown."""
        return self._look_for_shown

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Tell what was typed."""
        event.stop()
        if self._statement is not None:
            self.post_message(self.NoteChanged(self._statement, event.text_area.id or ""))

    def on_row_list_chosen(self, message: RowList.Chosen) -> None:
        """Tell which source or action was chosen."""
        message.stop()
        if isinstance(message.row_list, ItemList):
            self.post_message(self.ItemChosen(message.row_list.id or "", message.row_list.code_at(message.index)))

    def on_click(self, event: events.Click) -> None:
        """A click on the question shows or folds away what to look for."""
        if event.widget is not None and event.widget.id == "question":
            self.post_message(self.LookForClicked())

    def on_rating_bar_moved(self, message: RatingBar.Moved) -> None:
        """Show the meaning of the rating that the arrows have reached."""
        message.stop()
        self._show_meaning(message.rating)

    def _show_question(self) -> None:
        if self._assessment is None or self._statement is None:
            return
        statement = self._statement
        section = self._assessment.framework.section_of[statement.id]
        parts = [
            Paragraph(line(f"{statement.ref}  {section.title}", HEADING)),
            *(Paragraph(plain(text, "bold")) for text in statement.text.split("\n")),
        ]
        if statement.look_for and self._look_for_shown:
            parts.append(Paragraph(plain("Look for:", MUTED)))
            parts += [Paragraph(line(prompt), plain(" - ", MUTED)) for prompt in statement.look_for]
        elif statement.look_for:
            parts.append(Paragraph(plain("Look for ... (i)", MUTED)))
        if statement.note and self._look_for_shown:
            parts.append(Paragraph(line(statement.note, "italic"), plain("Note: ", MUTED)))
        self.query_one("#question", Passage).show(parts)

    def _show_all(self, answer: Answer) -> None:
        if self._assessment is None:
            return
        draft = self._assessment.status is Status.DRAFT
        self.evidence.read_only = self.reason.read_only = not draft
        self.reason.display = answer.not_applicable
        self.bar.show(answer.rating)
        self._show_meaning(answer.rating)
        self._show_evidence_label(answer.rating)
        if answer.sources is not self._items.sources or answer.actions is not self._items.actions:
            self.query_one("#sources", ItemList).show([_source(source) for source in answer.sources])
            self.query_one("#actions", ItemList).show([_action(action) for action in answer.actions])
            self._items = answer
        self._show_findings(answer)

    def _show_meaning(self, rating: str | None) -> None:
        if rating is None:
            levels = [self._meaning(level) for level in self._scale.levels]
            self.query_one("#meaning", Passage).show([*levels, *self._beside_paragraph()])
        else:
            self.query_one("#meaning", Passage).show(self._meanings()[rating])

    def _keep_room_for_meanings(self) -> None:
        self.query_one("#meaning", Passage).keep_room(list(self._meanings().values()))

    def _meanings(self) -> dict[str, list[Paragraph]]:
        """What may stand under a rating, by rating."""
        beside = self._beside_paragraph()
        words = "The statement does not apply here. Say why; it stays out of every percentage."
        return {
            **{level.key: [self._meaning(level), *beside] for level in self._scale.levels},
            NOT_APPLICABLE: [Paragraph(plain(words)), *beside],
        }

    def _meaning(self, level: Level) -> Paragraph:
        own = self._statement.descriptors.get(level.key, "") if self._statement else ""
        return Paragraph(line(own or level.meaning), plain(f"{level.label}: ", "bold"))

    def _beside_paragraph(self) -> list[Paragraph]:
        if self._statement is None or not self._beside:
            return []
        views = []
        for view in self._beside:
            answer = view.assessment.answer(self._statement.id)
            level = view.level(self._statement.id)
            word = level.label if level else "not applicable" if answer.not_applicable else "not rated"
            views.append(join((f"{view.label}: ", MUTED), chip(level, answer), f" {word}"))
        return [Paragraph(Content("   ").join(views))]

    def _show_evidence_label(self, rating: str | None) -> None:
        needing = " and ".join(level.label for level in self._scale.levels if level.band.needs_evidence)
        if len(needing.split(" and ")) > 2:
            needing = needing.replace(" and ", ", ")
        level = self._scale.by_key.get(rating or "")
        words = "Evidence" if level and not level.band.needs_evidence else f"Evidence (needed for {needing})"
        self.query_one("#evidence-label", Passage).show([Paragraph(plain(words, MUTED))])

    def _show_findings_after_typing(self) -> None:
        if self._assessment and self._statement:
            self._show_findings(self._assessment.answer(self._statement.id))

    def _show_findings(self, answer: Answer) -> None:
        if self._assessment is None or self._statement is None:
            return
        found = check_statement(self._assessment, self._statement, answer)
        self.query_one("#findings", Passage).show(
            [
                Paragraph(line(finding.message), plain("! " if finding.severity is Severity.STOP else "? ", ALERT))
                for finding in found
            ]
        )


def _source(source: Source) -> Item:
    details = ", ".join(part for part in (long_day(source.date) if source.date else "", source.location) if part)
    return Item(source.id, join((f"{source.kind.label}: ", MUTED), line(source.title), (f"  {details}", MUTED)))


def _action(action: Action) -> Item:
    return Item(action.id, join((f"{action.id} ", MUTED), line(action_line(action))))
