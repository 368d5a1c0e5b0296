"""Every key, with the id by which the settings can change it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from textual.binding import Binding, BindingType

from scrutiny.model.framework import Scale


@dataclass(frozen=True)
class Command:
    """Something a person can do with a key, from the palette or with the mouse."""

    id: str
    """Its permanent name, for the settings."""
    keys: tuple[str, ...]
    """Keys in Textual's names; the first one is shown."""
    action: str
    label: str
    """A word or two for the key bar."""
    tooltip: str
    """One sentence for help and the palette."""
    priority: bool = False
    """Whether it goes before what the focused widget does with the key."""

    def binding(self) -> Binding:
        """As Textual has it."""
        return Binding(
            ",".join(self.keys),
            self.action,
            self.label,
            id=self.id,
            tooltip=self.tooltip,
            show=False,
            priority=self.priority,
        )


def bindings(commands: Iterable[Command]) -> list[BindingType]:
    """Commands as Textual has them; those without a key are left to the palette."""
    return [command.binding() for command in commands if command.keys]


def spelled(key: str) -> str:
    """A key as it is written on the screen."""
    names = {
        "right_square_bracket": "]",
        "left_square_bracket": "[",
        "question_mark": "?",
        "slash": "/",
        "escape": "esc",
        "pagedown": "pgdn",
        "pageup": "pgup",
    }
    parts = key.split("+")
    return "+".join([*parts[:-1], names.get(parts[-1], parts[-1])])


EVERYWHERE = (
    Command("help", ("f1", "question_mark"), "app.help", "Help", "What this screen is for, and every key in it."),
    Command("palette", ("ctrl+p",), "app.command_palette", "Commands", "Find anything the program can do by its name."),
    Command("theme", (), "app.change_theme", "Theme", "Choose the colours; the choice is remembered."),
    Command("quit", ("ctrl+q",), "app.quit", "Quit", "Save what is unsaved and end.", priority=True),
)

LIST = (
    Command("list-down", ("down",), "move(1)", "Down", "One row down."),
    Command("list-up", ("up",), "move(-1)", "Up", "One row up."),
    Command("list-page-down", ("pagedown",), "page(1)", "Page down", "One page down."),
    Command("list-page-up", ("pageup",), "page(-1)", "Page up", "One page up."),
    Command("list-first", ("home",), "first", "First", "To the first row."),
    Command("list-last", ("end",), "last", "Last", "To the last row."),
    Command("list-choose", ("enter",), "choose", "Choose", "Open the highlighted row."),
)

VI_LIST = (
    Command("list-down-j", ("j",), "move(1)", "Down", "One row down."),
    Command("list-up-k", ("k",), "move(-1)", "Up", "One row up."),
    Command("list-first-g", ("g",), "first", "First", "To the first row."),
    Command("list-last-g", ("G",), "last", "Last", "To the last row."),
)

RATING_BAR = (
    Command("rating-right", ("right",), "step(1)", "Right", "To the next rating on the bar."),
    Command("rating-left", ("left",), "step(-1)", "Left", "To the previous rating on the bar."),
    Command("rating-choose", ("enter", "space"), "choose", "Choose", "Give the rating the bar stands on."),
)

LIBRARY = (
    Command("library-open", ("enter",), "choose", "Open", "Open the highlighted assessment."),
    Command("library-new", ("n",), "new", "New", "Begin a new assessment."),
    Command("library-export", ("w",), "export", "Workbook", "Export the highlighted assessment's tracker workbook."),
    Command("library-tracker", ("t",), "tracker", "Actions", "Every action of every assessment in this folder."),
    Command(
        "library-merge",
        ("m",),
        "merge_copy",
        "Merge",
        "Merge the highlighted copy, which a sync client made, into its file.",
    ),
    Command(
        "library-unsaved", ("u",), "unsaved", "Unsaved text", "Show text that was not saved and whose file is gone."
    ),
    Command("library-refresh", ("r", "f5"), "refresh_library", "Read again", "Read the folder again."),
    Command("library-quit", ("q",), "quit", "Quit", "End the program."),
)

WALK = (
    Command(
        "rate-not-applicable",
        ("x", "alt+x"),
        "rate('not-applicable')",
        "Not applicable",
        "Say that the statement does not apply, and why.",
    ),
    Command("rate-clear", ("0", "alt+0"), "rate('')", "No rating", "Take the rating back; nothing else changes."),
    Command("evidence", ("e", "alt+e", "f2"), "evidence", "Evidence", "Write the evidence for this statement."),
    Command("source-new", ("s", "alt+s", "f8"), "new_source", "Source", "Add a source to the evidence."),
    Command("action-new", ("n", "alt+n", "f3"), "new_action", "Action", "Add an action for this statement."),
    Command(
        "next-unrated",
        ("right_square_bracket", "f5"),
        "next_unrated(1)",
        "Next unrated",
        "Go to the next statement without a rating.",
    ),
    Command(
        "previous-unrated",
        ("left_square_bracket",),
        "next_unrated(-1)",
        "Previous unrated",
        "Go to the previous statement without a rating.",
    ),
    Command("next", ("j", "ctrl+n"), "step(1)", "Next", "Go to the next statement, also while typing."),
    Command("previous", ("k", "ctrl+o"), "step(-1)", "Previous", "Go to the previous statement, also while typing."),
    Command("editor", ("f4",), "editor", "Editor", "Write the evidence in your own text editor."),
    Command("look-for", ("i", "alt+i"), "look_for", "Look for", "Show or hide what to look for."),
    Command("undo", ("u", "ctrl+z"), "undo", "Undo", "Take the last change back: a rating, a note or an action."),
    Command("redo", ("U", "ctrl+y"), "redo", "Redo", "Do the undone change again."),
    Command("summary", ("m", "alt+m", "f9"), "summary", "Summary", "Figures, exceptions, and what stops submission."),
    Command("tracker", ("t", "alt+t"), "tracker", "Tracker", "Every action of this assessment in one list."),
    Command("export", ("w", "alt+w"), "export", "Workbook", "Export the Excel action tracker."),
    Command("details", ("d", "alt+d"), "details", "Details", "Whose assessment it is, and what it describes."),
    Command("list", ("l", "alt+l"), "list", "List", "Go to the list of statements."),
    Command("remove", ("delete",), "remove", "Remove", "Remove the highlighted source or action; undo brings it back."),
    Command("save", ("ctrl+s",), "save", "Save now", "Save at once; saving happens by itself anyway."),
    Command("save-copy", (), "save_copy", "Save a copy", "Save what is here under another name."),
    Command("back", ("escape",), "back", "Back", "Out of the text, then back to the list, then to the library."),
)

SUMMARY = (
    Command("summary-open", ("enter",), "choose", "Go there", "Go to the statement that the row is about."),
    Command("summary-submit", ("s",), "submit", "Submit", "Submit the assessment, or reopen it as a draft."),
    Command("summary-export", ("w",), "export", "Workbook", "Export the Excel action tracker."),
    Command("summary-back", ("escape", "m"), "back", "Back", "Back to the statements."),
)

TRACKER = (
    Command("tracker-open", ("enter",), "choose", "Change", "Change the action: its status, due date, progress."),
    Command("tracker-go", ("g",), "go", "Statement", "Go to the action's statement."),
    Command("tracker-filter", ("f",), "filter", "Filter", "Show all, open, overdue, unowned or wanted decisions only."),
    Command("tracker-status", ("s",), "status", "Start", "Begin an action, or put it back to not started."),
    Command("tracker-search", ("slash",), "search", "Search", "Show only actions that hold some words."),
    Command("tracker-back", ("escape", "t"), "back", "Back", "Back to where you came from."),
)

FORM = (
    Command("form-keep", ("ctrl+s",), "keep", "Keep", "Keep what the form holds.", priority=True),
    Command("form-cancel", ("escape",), "cancel", "Cancel", "Leave without keeping; asks first if you typed."),
    Command("form-help", ("f1",), "app.help", "Help", "How a form is filled in."),
)

CHOICE = (
    Command("choice-leave", ("escape",), "leave", "Leave", "Leave the question as it is."),
    Command("choice-next", ("right",), "app.focus_next", "Next", "The next answer."),
    Command("choice-previous", ("left",), "app.focus_previous", "Previous", "The previous answer."),
)

HELP = (Command("help-close", ("escape", "f1", "question_mark", "q"), "close", "Close", "Close help."),)


def rating_commands(scale: Scale) -> list[Command]:
    """A command for each level of a scale. The level's own key gives the rating; with alt also while typing."""
    return [
        Command(
            f"rate-{level.key}",
            (level.shortcut, f"alt+{level.shortcut}"),
            f"rate('{level.key}')",
            level.label,
            f"Rate the statement {level.label}.",
        )
        for level in scale.levels
    ]


def without(commands: Iterable[Command], taken: Iterable[str]) -> list[Command]:
    """Commands without the keys that something else has taken; their other keys stay."""
    gone = set(taken)
    return [replace(command, keys=tuple(key for key in command.keys if key not in gone)) for command in commands]


def walk_commands(scale: Scale) -> list[Command]:
    """Everything that can be done in the walk with a framework of the given scale, whose keys come first."""
    ratings = rating_commands(scale)
    taken = {key for command in ratings for key in command.keys}
    return [*ratings, *without(WALK, taken)]


def every_command() -> list[Command]:
    """All commands but those that a scale brings."""
    return [*EVERYWHERE, *LIST, *VI_LIST, *RATING_BAR, *LIBRARY, *WALK, *SUMMARY, *TRACKER, *FORM, *CHOICE, *HELP]
