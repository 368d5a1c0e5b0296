"""The library: the assessments of a folder."""

import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Static
from textual.worker import get_current_worker

from scrutiny import paths
from scrutiny.analysis.summary import Summary
from scrutiny.errors import FileProblem, ScrutinyError
from scrutiny.model.framework import Band
from scrutiny.model.text import clean_line
from scrutiny.settings import today
from scrutiny.store import recovery_list
from scrutiny.store.copies import conflict_copies
from scrutiny.store.index import Listed, list_folder
from scrutiny.tui import keys
from scrutiny.tui.content import ALARM, MUTED, count_chip, fit, join, line, plain
from scrutiny.tui.dialogs.confirm import Choice
from scrutiny.tui.page import Page
from scrutiny.tui.widgets.row_list import RowList

_BATCH = 20
"""The fewest files read between two signs of progress."""

_SIGN_SECONDS = 0.2
"""The least time between two signs of progress: showing the rows takes longer than reading a few from the index."""

_AFTER_PAINTING = 0.2
"""Seconds after which the folder is read again once its rows are in view."""


@dataclass(frozen=True)
class Entry:
    """A row of the library: an assessment's summary, or why a file cannot be read."""

    path: Path
    summary: Summary | None
    overdue: int = 0
    problem: ScrutinyError | None = None
    copy_of: Path | None = None
    """The file that this one is a second version of, made by a sync client."""


def entry(listed: Listed) -> Entry:
    """A file of the folder with its figures."""
    if listed.summary is None:
        return Entry(listed.path, None, problem=listed.problem)
    return Entry(listed.path, listed.summary, listed.summary.overdue(today()))


class LibraryList(RowList):
    """A row an assessment, in columns as wide as the window allows."""

    def __init__(self) -> None:
        super().__init__()
        self._entries: list[Entry] = []
        self.add_keys(keys.VI_LIST)

    def show(self, entries: Sequence[Entry]) -> None:
        """Show these entries, with the highlight where it was."""
        here = self.at(self.highlighted)
        self._entries = sorted(entries, key=_order)
        self.renew()
        paths_shown = [entry.path for entry in self._entries]
        self.highlighted = paths_shown.index(here.path) if here and here.path in paths_shown else self.highlighted

    def at(self, index: int) -> Entry | None:
        """The entry of a row."""
        return self._entries[index] if 0 <= index < len(self._entries) else None

    def count(self) -> int:
        """As many as there are files."""
        return len(self._entries)

    def row(self, index: int, width: int) -> Content:
        """The columns of a row."""
        found = self._entries[index]
        if found.summary is None:
            name = fit(line(clean_line(found.path.name)), min(34, width // 3))
            return join(name, ("  ! ", ALARM), line(_reason(found)))
        shown = zip(_cells(found, found.summary), columns(width), strict=True)
        return join(*(fit(cell, cells) for cell, (_, cells) in shown if cells))


def columns(width: int) -> list[tuple[str, int]]:
    """The library's columns with their widths in cells, 0 for those that do not fit."""
    wide, normal = width >= 104, width >= 76
    columns = [
        ("Area", 16 if wide else 12),
        ("Cycle", 9 if normal else 8),
        ("Perspective", 22 if wide else 17 if normal else 16),
        ("Respondent", 0),
        ("Rated", 7),
        (" R     A     G", 19 if normal else 0),
        ("Overdue" if wide else "Late", 8 if wide else 5 if normal else 0),
        ("Status", 9),
    ]
    rest = width - sum(cells for _, cells in columns)
    return [(title, rest if wide and title == "Respondent" else cells) for title, cells in columns]


def _cells(found: Entry, summary: Summary) -> list[Content]:
    respondent, counted = summary.respondent, summary.tally
    bands = [count_chip(band, counted.bands[band]) for band in (Band.RED, Band.AMBER, Band.GREEN)]
    overdue = plain(str(found.overdue), ALARM) if found.overdue else plain("0", MUTED)
    return [
        line(summary.area, "bold"),
        line(summary.cycle),
        line(summary.perspective.label),
        line(respondent.organisation or respondent.role or respondent.name or "–", MUTED),
        line(f"{counted.answered}/{counted.total}"),
        Content("").join(bands),
        overdue,
        plain("copy", ALARM) if found.copy_of else line(summary.status.label.lower()),
    ]


def _reason(found: Entry) -> str:
    """Why a file cannot be read, without its path, which stands before it."""
    title = found.problem.title if found.problem else ""
    return title.removeprefix(str(found.path)).lstrip(": ")


def _order(found: Entry) -> tuple[bool, str, str, str, str]:
    summary = found.summary
    if summary is None:
        return (True, "", "", "", found.path.name)
    latest_first = "".join(chr(0x10FFFF - ord(character)) for character in summary.cycle)
    return (False, summary.area.casefold(), latest_first, summary.perspective.value, found.path.name)


class KeptLine(Static):
    """Says for how many files that are gone text is kept; hidden if there are none. A click does what its key does."""

    class Clicked(Message):
        """The line was clicked."""

    def show(self, count: int, key: str) -> None:
        """Show the line for so many recovery files."""
        self.display = count > 0
        where = f"{key} shows it" if key else "ctrl+p shows it"
        texts = "1 file that is gone" if count == 1 else f"{count} files that are gone"
        self.update(plain(f"Unsaved text of {texts} is kept: {where}.", ALARM))

    def on_click(self) -> None:
        """Tell the screen."""
        self.post_message(self.Clicked())


class LibraryScreen(Page):
    """The assessments of a folder, each a row."""

    HELP: ClassVar[str] = """
The library: every assessment in this folder, with how far it is and how it is rated. Enter opens the \
highlighted one, n begins a new one. A file that cannot be read stays in the list with the reason; enter shows \
what to do about it.

Assessments are plain files. Move, copy or share them as you would any document.

Text that could not be saved is offered when its file is opened. If the file is gone, a line below the list says \
so, and {library_unsaved} shows the text.
"""

    class Found(Message):
        """Some more files were read, or all of them."""

        def __init__(self, entries: list[Entry], *, done: bool, problem: ScrutinyError | None = None) -> None:
            super().__init__()
            self.entries = entries
            self.done = done
            self.problem = problem
            """Why the folder cannot be read."""

    class Kept(Message):
        """The recovery folders were searched for text whose file is gone."""

        def __init__(self, files: list[Path]) -> None:
            super().__init__()
            self.files = files

    def __init__(self, folder: Path) -> None:
        super().__init__(keys.LIBRARY)
        self._folder = folder
        self._kept: list[Path] = []
        """Recovery files whose own file is gone."""
        self._shown = 0
        """How many rows are shown: when the folder is read again, they stay until as many are there."""

    def body(self) -> ComposeResult:
        """The heading, the column titles and the list."""
        with Horizontal(classes="heading"):
            yield Static(plain("Scrutiny", "bold"), classes="program")
            yield Static(line(clean_line(paths.shown(self._folder)), MUTED), classes="folder")
        yield Static(classes="titles")
        yield Static(classes="empty")
        yield LibraryList()
        yield KeptLine()

    @property
    def library(self) -> LibraryList:
        """The list."""
        return self.query_one(LibraryList)

    def on_mount(self) -> None:
        """Stand on the list, and go on with what was begun."""
        super().on_mount()
        self.library.focus()
        self.scrutiny.go_on()

    def on_screen_resume(self) -> None:
        """Read the folder, at first and whenever it comes into view again, once what is known of it is painted."""
        if self._shown:
            self.set_timer(_AFTER_PAINTING, self.read_folder)
        else:
            self.read_folder()

    def on_screen_suspend(self) -> None:
        """Stop reading: what comes into view instead may want to read the folder itself."""
        self.workers.cancel_group(self, "library")

    def on_resize(self) -> None:
        """Keep the titles over the columns."""
        width = self.size.width - 3
        titles = [fit(plain(title), cells) for title, cells in columns(width) if cells]
        self.query_one(".titles", Static).update(join("  ", *titles))

    def hinted(self) -> Sequence[str]:
        """Opening and beginning first."""
        return ("library-open", "library-new", "library-tracker", "library-export", "library-quit")

    @work(thread=True, exclusive=True, group="library", exit_on_error=False)
    def read_folder(self) -> None:
        """Read the folder's files, telling how far it is."""
        entries: list[Entry] = []
        every: list[Listed] = []
        next_sign = 0.0
        worker = get_current_worker()
        try:
            with contextlib.closing(list_folder(self._folder)) as listing:
                for listed in listing:
                    if worker.is_cancelled:
                        return
                    every.append(listed)
                    entries.append(entry(listed))
                    if len(entries) <= self._shown or len(entries) % _BATCH or time.monotonic() < next_sign:
                        continue
                    next_sign = time.monotonic() + _SIGN_SECONDS
                    self.post_message(self.Found(list(entries), done=False))
        except FileProblem as problem:
            self.post_message(self.Found([], done=True, problem=problem))
            self.post_message(self.Kept(recovery_list.without_file(())))
            return
        copies = conflict_copies(every)
        entries = [replace(found, copy_of=copies.get(found.path)) for found in entries]
        self.post_message(self.Found(entries, done=True))
        known = {listed.summary.id for listed in every if listed.summary is not None}
        self.post_message(self.Kept(recovery_list.without_file(known)))

    def on_library_screen_found(self, message: Found) -> None:
        """Show what was read."""
        self._shown = len(message.entries)
        self.library.show(message.entries)
        shown = bool(message.entries)
        self.library.display = shown
        self.query_one(".titles").display = shown
        empty = self.query_one(".empty", Static)
        empty.display = not (shown and message.done)
        if not message.done:
            empty.update(plain(f"Reading the folder: {len(message.entries)} files so far ...", MUTED))
        elif message.problem:
            empty.update(plain(clean_line(f"{message.problem.title} {message.problem.hint}"), ALARM))
        elif not shown:
            where = clean_line(paths.shown(self._folder))
            words = "There are no assessments here yet.\n\nPress n to begin one. It will be kept as a file in\n"
            empty.update(join(plain(words), line(where, "bold"), plain("\n\nTo open another folder: scrutiny FOLDER")))
        if shown and self.focused is None:
            self.library.focus()

    def on_library_screen_kept(self, message: Kept) -> None:
        """Say whether there is text whose file is gone."""
        self._kept = message.files
        key = next(self.key_of(command) for command in self.commands if command.id == "library-unsaved")
        self.query_one(KeptLine).show(len(message.files), key)

    def on_kept_line_clicked(self) -> None:
        """Show the text that the line is about."""
        self.action_unsaved()

    def action_unsaved(self) -> None:
        """Show text that was not saved and whose file is gone."""
        if self._kept:
            self._settle_kept(tuple(self._kept))
        else:
            self.notify("No text is waiting whose file is gone.")

    @work(exclusive=True, group="kept", exit_on_error=False)
    async def _settle_kept(self, kept: Sequence[Path]) -> None:
        from scrutiny.tui.screens import files

        try:
            await files.settle_kept(self.scrutiny, self._folder, kept)
        finally:
            self.read_folder()

    def on_row_list_chosen(self, message: RowList.Chosen) -> None:
        """Open the assessment, or say what is wrong with the file."""
        found = self.library.at(message.index)
        if found is None:
            return
        if found.problem:
            self.scrutiny.show_problem(found.problem)
        elif found.copy_of:
            self._say_copy(found.path, found.copy_of)
        else:
            self.scrutiny.open_assessment(found.path)

    def _say_copy(self, copy: Path, original: Path) -> None:
        words = f"{clean_line(copy.name)} is a second version of {clean_line(original.name)}."
        detail = "A sync client makes such a copy when two people saved one file. Merging keeps what both say."
        answers = [("merge", "Merge it"), ("open", "Open the copy"), ("leave", "Leave it")]

        def carry_out(answer: str | None) -> None:
            if answer == "merge":
                self.scrutiny.merge_copy(copy, original)
            elif answer == "open":
                self.scrutiny.open_assessment(copy)

        self.app.push_screen(Choice(words, answers, detail), carry_out)

    def action_merge_copy(self) -> None:
        """Merge the highlighted copy into the file it is a copy of."""
        found = self.library.at(self.library.highlighted)
        if found and found.copy_of:
            self.scrutiny.merge_copy(found.path, found.copy_of)
        else:
            self.notify("Only a row that says copy can be merged.")

    def action_choose(self) -> None:
        """Open the highlighted assessment."""
        self.library.action_choose()

    def action_new(self) -> None:
        """Begin a new assessment."""
        self.scrutiny.begin_assessment()

    def action_export(self) -> None:
        """Export the highlighted assessment's workbook."""
        found = self.library.at(self.library.highlighted)
        if found is None or found.summary is None:
            self.notify("Highlight an assessment first.", markup=False)
            return
        self.scrutiny.export(found.path)

    def action_tracker(self) -> None:
        """Every action of every assessment here."""
        from scrutiny.tui.screens.tracker import TrackerScreen

        self.app.push_screen(TrackerScreen(folder=self._folder))

    def action_refresh_library(self) -> None:
        """Read the folder again."""
        self.read_folder()

    async def action_quit(self) -> None:
        """End the program."""
        await self.scrutiny.action_quit()
