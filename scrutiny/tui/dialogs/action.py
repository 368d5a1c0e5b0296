"""The form for an action."""

from typing import Any

from textual.app import ComposeResult
from textual.widgets import Input, Select, Static

from scrutiny.errors import ScrutinyError
from scrutiny.exchange.tables import long_day, progress_lines
from scrutiny.model import edits
from scrutiny.model.action import Action, ActionScope, ActionStatus, Priority, kind_for
from scrutiny.model.assessment import Assessment
from scrutiny.model.text import is_blank
from scrutiny.settings import today
from scrutiny.tui.content import plain
from scrutiny.tui.dialogs.form import ItemForm, line_field, member_field, note_field


class ActionForm(ItemForm[Action]):
    """An action of one statement, new or known. Returns it as it is to be kept.

    Args:
        action: The action to change; None for a new one.
        name: Who would close it, where the settings say so.
    """

    def __init__(self, assessment: Assessment, statement_id: str, action: Action | None, name: str = "") -> None:
        super().__init__(action.id if action else None)
        self._assessment = assessment
        self._statement_id = statement_id
        self._action = action
        self._organisation = assessment.respondent.organisation
        self._closer = name or assessment.respondent.role

    def title_words(self) -> str:
        """The action's ref, or that it is new, and the statement."""
        statement = self._assessment.framework.by_id[self._statement_id]
        what = f"Action {statement.ref}-{self._action.id}" if self._action else f"New action for {statement.ref}"
        return f"{what}  {statement.name}"

    def fields(self) -> ComposeResult:
        """First what every action needs, then what follows through the year."""
        action = self._action
        level = self._assessment.level(self._statement_id)
        yield note_field("text", "What will be done", action.text if action else "")
        yield member_field("kind", "Kind", action.kind if action else kind_for(level.band if level else None))
        yield line_field("agency", "Lead agency", action.agency if action else self._organisation)
        yield line_field("owner", "Owner (a role)", action.owner if action else "", "such as Quality Assurance Lead")
        yield line_field("due", "Due", action.due.isoformat() if action and action.due else "", "such as 2027-03-31")
        if action and action.original_due:
            yield Static(
                plain(f"First due {long_day(action.original_due)}; kept when the date moves."), classes="explained"
            )
        yield note_field(
            "outcome", "Intended outcome", action.outcome if action else "", "How anyone will know that it worked"
        )
        yield member_field("priority", "Priority", action.priority if action else Priority.MEDIUM)
        yield member_field("scope", "Who acts", action.scope if action else ActionScope.PARTNERSHIP)
        yield member_field("status", "Status", action.status if action else ActionStatus.NOT_STARTED)
        if action and action.progress:
            yield Static(plain(f"Progress so far\n{progress_lines(action)}"), classes="explained")
        yield note_field("entry", "Progress today", "", "What was done since the last entry; it gets today's date")
        yield note_field("impact", "Evidence of impact", action.impact if action else "", "What changed for people")
        yield note_field("decision", "Decision wanted", action.decision if action else "", "What a board must decide")
        yield line_field("closed_by", "Closed by", action.closed_by if action else "")
        yield line_field("closed_on", "Closed on", action.closed_on.isoformat() if action and action.closed_on else "")

    def on_select_changed(self, event: Select.Changed) -> None:
        """Propose who closed it and when, once it is closed."""
        if event.select.id != "status":
            return
        status, before = ActionStatus(self.choice("status")), self._action.status if self._action else None
        if status.closed and status is not before and not self.text("closed_on"):
            now = today()
            self.query_one("#closed_on", Input).value = now.isoformat()
            if not self.text("closed_by"):
                self.query_one("#closed_by", Input).value = self._closer

    def result(self) -> Action:
        """The action as it is to be kept."""
        if is_blank(self.text("text")):
            raise ScrutinyError("Say what will be done.", hint="It is the first field.")
        texts = {
            name: self.text(name) for name in ("text", "agency", "owner", "outcome", "impact", "decision", "closed_by")
        }
        days = {name: self.text(name).strip() or None for name in ("due", "closed_on")}
        choices = {name: self.choice(name) for name in ("kind", "priority", "scope", "status")}
        changes: dict[str, Any] = {**texts, **days, **choices}
        earlier = self._action.progress if self._action else ()
        if not is_blank(self.text("entry")):
            changes["progress"] = (*earlier, {"date": today(), "text": self.text("entry")})
        known = self._action or edits.new_action(self._assessment, self._statement_id, texts["text"])
        return edits.revise_action(known, **changes)
