"""The forms of an open file: how they are opened, what is kept of them, and what becomes of a form nobody finished."""

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING, Any

from scrutiny.analysis.merge import Choice, Conflict, Merged, Place, settle
from scrutiny.errors import ScrutinyError
from scrutiny.model import edits
from scrutiny.model.action import Action, new_code
from scrutiny.model.assessment import Assessment, Source, Status
from scrutiny.model.framework import Statement
from scrutiny.store import drafts
from scrutiny.store.drafts import Draft, Drafting
from scrutiny.tui.dialogs.action import ActionForm
from scrutiny.tui.dialogs.assessment import DetailsForm
from scrutiny.tui.dialogs.conflicts import ConflictsDialog, Settled, change
from scrutiny.tui.dialogs.form import Form, Removal
from scrutiny.tui.dialogs.source import SourceForm
from scrutiny.workspace.session import Edit, Session

if TYPE_CHECKING:
    from scrutiny.tui.app import ScrutinyApp

ACTION, SOURCE, DETAILS = "action", "source", "details"
"""The names by which drafts of these forms are known."""


class ItemForms:
    """Opens forms on an assessment's sources, actions and details, and carries out what they return.

    Args:
        app: The application.
        session: The open file.
        kept: Called after something was changed.
        undo: How a removal is taken back, as a sentence.
    """

    def __init__(self, app: "ScrutinyApp", session: Session, kept: Callable[[], object], undo: str = "") -> None:
        self._app = app
        self._session = session
        self._kept = kept
        self._undo = undo

    def source(self, statement: Statement, code: str | None = None, draft: Draft | None = None) -> None:
        """Open the form for a source of a statement; a new one where there is none of that code."""
        base = self._session.assessment
        known = next((source for source in base.answer(statement.id).sources if source.id == code), None)
        try:
            edits.require_draft(base)
        except ScrutinyError as problem:
            self._refuse(problem)
            return

        own = known.id if known else _code_for(base, draft)

        def edit(kept: Source) -> Edit:
            return partial(edits.put_source, statement_id=statement.id, source=kept.model_copy(update={"id": own}))

        drafting = Drafting(self._session.path, SOURCE, statement.id, own)
        self._ask(SourceForm(base, known), drafting, draft, statement, edit, "a source")

    def action(self, statement: Statement, code: str | None = None, draft: Draft | None = None) -> None:
        """Open the form for an action of a statement; a new one where there is none of that code."""
        base = self._session.assessment
        known = next((action for action in base.answer(statement.id).actions if action.id == code), None)

        own = known.id if known else _code_for(base, draft)

        def edit(kept: Action) -> Edit:
            return partial(edits.put_action, statement_id=statement.id, action=kept.model_copy(update={"id": own}))

        drafting = Drafting(self._session.path, ACTION, statement.id, own)
        form = ActionForm(base, statement.id, known, self._app.settings.name)
        self._ask(form, drafting, draft, statement, edit, "an action")

    def put_action(self, base: Assessment, statement: Statement, action: Action) -> None:
        """Put an action that was changed without a form into the assessment as it was shown."""
        edit = partial(edits.put_action, statement_id=statement.id, action=action)
        self._change(base, edit, f"an action of {statement.ref}", statement.id, self._kept)

    def details(self, draft: Draft | None = None) -> None:
        """Open the form for whose assessment it is and what it describes."""

        def edit(described: Assessment) -> Edit:
            return partial(edits.describe, **{name: getattr(described, name) for name in edits.DETAILS})

        drafting = Drafting(self._session.path, DETAILS)
        self._ask(DetailsForm(self._session.assessment), drafting, draft, None, edit, "the details")

    def remove(self, statement: Statement, kind: str, code: str) -> None:
        """Remove a source or an action."""
        remove = edits.remove_source if kind == "sources" else edits.remove_action
        what = "a source" if kind == "sources" else "an action"
        try:
            removed = self._session.edit(
                lambda now: remove(now, statement.id, code), f"{what} of {statement.ref}", statement.id
            )
        except ScrutinyError as problem:
            self._refuse(problem)
            return
        if removed:
            self._kept()
            self._app.notify(f"Removed {what}. {self._undo}".rstrip())

    async def go_on(self) -> Statement | None:
        """Open the first form that was open when an earlier session on the file ended; the statement it belongs to."""
        found = await self._app.ask_disk(lambda: list(drafts.find(self._session.path, self._app.tell_put_aside)))
        opened: Draft | None = None
        statement: Statement | None = None
        for draft in found:
            if opened is None:
                statement = self._session.assessment.framework.by_id.get(draft.statement_id)
                if self._open(draft, statement):
                    opened = draft
                    continue
            self._in_background(partial(drafts.release, draft))  # it is offered another time
        return statement if opened else None

    def _open(self, draft: Draft, statement: Statement | None) -> bool:
        """Open the form that a draft belongs to, and say so; False where there is nothing to open."""
        if self._session.assessment.status is not Status.DRAFT and draft.form in (SOURCE, drafts.EVIDENCE):
            return False  # it is offered once it can be kept again
        if draft.form == drafts.EVIDENCE and statement is not None:
            if not self._offer_evidence(statement, draft):
                return False
        elif draft.form == DETAILS:
            self.details(draft)
        elif draft.form == ACTION and statement is not None:
            self.action(statement, draft.code, draft)
        elif draft.form == SOURCE and statement is not None:
            self.source(statement, draft.code, draft)
        else:
            self._in_background(lambda: self._app.tell_put_aside(drafts.put_aside(draft)))
            return False
        self._app.notify(drafts.FOUND, title="Found", timeout=8)
        return True

    def _in_background(self, task: Callable[[], None]) -> "Future[None]":
        return self._app.chores.call(task)

    def _offer_evidence(self, statement: Statement, draft: Draft) -> bool:
        """Show what another editor still held beside what was saved; False where that is the same."""
        now, found = self._session.assessment, draft.fields.get(drafts.NOTE, "")
        saved = now.answer(statement.id).evidence
        if found == saved:
            self._in_background(partial(drafts.forget, draft))
            return False
        conflict = Conflict(Place("evidence", statement.id), None, saved, found)

        def keep(choices: Settled | None) -> None:
            if choices is None:
                return  # it is offered again at the next start
            text = settle(Merged(now, (conflict,)), choices).answer(statement.id).evidence
            edit = partial(edits.write_evidence, statement_id=statement.id, evidence=text)

            def changed() -> None:
                self._session.sync.when_saved(partial(drafts.forget, draft))
                self._kept()

            self._change(now, edit, f"the evidence of {statement.ref}", statement.id, changed)

        heading = "The last session ended while this was open in your editor. Which is to be kept?"
        self._app.push_screen(
            ConflictsDialog(now, (conflict,), heading, ("Saved", "Found"), prefer=Choice.THEIRS), keep
        )
        return True

    def _ask(
        self,
        form: Form[Any],
        drafting: Drafting,
        draft: Draft | None,
        statement: Statement | None,
        edit: Callable[[Any], Edit],
        what: str,
    ) -> None:
        """Open a form and carry out the edit that it returns; a draft of what stands in it is kept until that is saved.

        Args:
            form: Returns what is to be kept, None, or for an item also its `Removal`.
            drafting: Where its draft is kept.
            draft: What stood in it when an earlier session ended.
            statement: Where the item belongs; None for the details.
            edit: Makes an edit of what the form returned.
            what: What is changed, as words for a sentence.
        """
        base = self._session.assessment
        words, place = (f"{what} of {statement.ref}", statement.id) if statement else (what, None)

        def changed() -> None:
            self._session.sync.when_saved(drafting.forget)
            self._kept()

        def keep(kept: object) -> None:
            if kept is None or isinstance(kept, Removal):
                self._in_background(drafting.forget)
            else:
                self._change(base, edit(kept), words, place, changed)
            if isinstance(kept, Removal) and statement is not None:
                self.remove(statement, "actions" if isinstance(form, ActionForm) else "sources", kept.code)

        form.draft_in(drafting, self._in_background, draft)
        self._app.push_screen(form, keep)

    def _change(
        self, base: Assessment, edit: Edit, what: str, statement_id: str | None, then: Callable[[], object]
    ) -> None:
        try:
            change(self._app, self._session, base, edit, what, statement_id, then)
        except ScrutinyError as problem:
            self._refuse(problem)

    def _refuse(self, problem: ScrutinyError) -> None:
        self._app.notify(f"{problem.title} {problem.hint}", severity="warning", timeout=8)


def _code_for(assessment: Assessment, draft: Draft | None) -> str:
    """The code that a new item is to have: the draft's, so that one that was kept already is not there twice."""
    if draft is not None and draft.code:
        return draft.code
    answers = assessment.answers.values()
    sources = {source.id for answer in answers for source in answer.sources}
    return new_code(sources | {action.id for answer in answers for action in answer.actions})
