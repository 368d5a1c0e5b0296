"""What is done with whole files, each with the questions it takes: beginning, copying, merging, exporting."""

import contextlib
import os
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scrutiny import settings
from scrutiny.analysis.merge import differences, settle
from scrutiny.errors import FileProblem, ScrutinyError
from scrutiny.exchange import workbook
from scrutiny.model.assessment import Assessment
from scrutiny.model.framework import Framework
from scrutiny.store import assessments, atomic, drafts, frameworks, recovery, recovery_list
from scrutiny.store.copies import put_aside
from scrutiny.store.drafts import Draft, Drafting
from scrutiny.store.names import check_new_name
from scrutiny.store.recovery_list import RecoveryFile
from scrutiny.tui.background import on_disk
from scrutiny.tui.dialogs.assessment import NewForm
from scrutiny.tui.dialogs.confirm import Choice
from scrutiny.tui.dialogs.conflicts import ConflictsDialog
from scrutiny.tui.dialogs.place import CopyForm, ExportForm
from scrutiny.tui.dialogs.unsaved_text import Fate, UnsavedTextDialog
from scrutiny.workspace.session import Session

if TYPE_CHECKING:
    from scrutiny.tui.app import ScrutinyApp
    from scrutiny.tui.screens.walk import WalkScreen

NEW = "assessment"
"""The name by which drafts of the form for a new assessment are known."""

_LONGEST_EXPORT = 120.0
"""Seconds after which a workbook that is not written yet is said not to be."""


async def begin(app: "ScrutinyApp", draft: Draft | None = None) -> None:
    """Begin a new assessment in the library's folder, and open it.

    Args:
        draft: What stood in the form when an earlier session ended.

    Raises:
        FileProblem: The disk does not answer.
    """
    usable, taken = await app.ask_disk(partial(_usable_frameworks, app))
    drafting = Drafting(app.folder, NEW)
    problem: FileProblem | None = None
    while True:
        form = NewForm(app.folder, taken, usable, app.settings, app.remembered)
        form.draft_in(drafting, app.chores.call, draft)
        answer = app.push_screen(form, wait_for_dismiss=True)
        if problem is not None:
            app.show_problem(problem)
        new = await answer
        if new is None:
            break
        try:
            stored = await on_disk(partial(assessments.create, new.path, new.assessment))
        except FileProblem as error:
            problem, draft = error, Draft(NEW, new.texts)  # as it was filled in
        else:
            app.remember_details(new.assessment)
            app.open_assessment(stored.path)
            break
    app.chores.call(drafting.forget)


def _usable_frameworks(app: "ScrutinyApp") -> tuple[list[Framework], set[str]]:
    """The frameworks that a new assessment can rest on, the usual one first, and the names that are taken."""
    own = [app.settings.frameworks_folder, app.folder, app.folder / "frameworks"]
    found = frameworks.available(frameworks.folders(own[0], also=own[1:]))
    broken = [one.problem.title for one in found if one.problem]
    if broken:
        app.notify("\n".join(broken), severity="warning", timeout=12)
    usable = [one.framework for one in found if one.framework]
    usable.sort(key=lambda framework: framework.id != frameworks.DEFAULT)
    with contextlib.suppress(OSError):
        return usable, {path.name for path in app.folder.iterdir()}
    return usable, set()


async def go_on(app: "ScrutinyApp") -> None:
    """Open the form for a new assessment again that was open when the last session in the folder ended."""
    found = await app.ask_disk(partial(_draft_of_new, app.folder, app.tell_put_aside))
    if found is not None:
        app.notify(drafts.FOUND, title="Found", timeout=8)
        await begin(app, found)


def _draft_of_new(folder: Path, tell: Callable[[FileProblem | None], None]) -> Draft | None:
    for draft in drafts.find(folder, tell):
        if draft.form == NEW:
            return draft
        tell(drafts.put_aside(draft))
    return None


async def save_copy(app: "ScrutinyApp", walk: "WalkScreen") -> None:
    """Ask for another name, save the open assessment there, and go on there at the same statement.

    Raises:
        FileProblem: It cannot be written.
    """
    path = walk.session.path
    target = await app.push_screen_wait(CopyForm(path.with_name(f"{path.stem}-copy{path.suffix}")))
    if target is None:
        return
    copy = await app.ask_disk(partial(walk.session.save_copy, target))
    walk.session.sync.keep_aside()
    walk.session.abandon()
    app.go_on_in(copy, walk)


async def merge_copy(app: "ScrutinyApp", copy: Path, original: Path) -> Session | None:
    """Merge a sync client's copy into its file, with every difference shown; None where that was put off.

    Raises:
        ScrutinyError: One of the two cannot be read, the file not written, or the copy not put aside.
    """
    session = Session(await on_disk(partial(assessments.load, original)))
    other = await on_disk(partial(assessments.load, copy))
    merged = differences(session.assessment, other.assessment)
    heading = "Two versions of one assessment. Where they differ, which is to be kept?"
    dialog = ConflictsDialog(merged.assessment, merged.conflicts, heading, ("The file", "The copy"))
    choices = await app.push_screen_wait(dialog) if merged.conflicts else {}
    if choices is None:
        return None
    session.edit(lambda now: settle(merged, choices).model_copy(update={"modified": now.modified}), "the merge")
    if not await on_disk(session.save_now):
        raise session.save_state.problem or FileProblem("The merged file could not be saved.")
    if await on_disk(partial(assessments.file_digest, copy)) != other.digest:
        raise FileProblem(f"{copy.name} has changed since it was read.", hint="It is still there: merge it again.")
    await on_disk(partial(put_aside, copy))
    return session


async def settle_kept(app: "ScrutinyApp", folder: Path, kept: Sequence[Path]) -> None:
    """Show text whose file is gone, and save it in a folder, discard it, or leave it where it is.

    Raises:
        ScrutinyError: One of the recovery files is in use, or its text cannot be saved or removed.
    """
    found = await app.ask_disk(partial(recovery_list.describe, kept))
    if not found:
        return
    fates = await app.push_screen_wait(UnsavedTextDialog(found))
    if fates is None:
        return
    discarded = fates.count(Fate.DISCARD)
    if discarded:
        what = "the text of 1 file" if discarded == 1 else f"the text of {discarded} files"
        answers = [("stay", "Keep it"), ("discard", "Discard it")]
        question = f"Discard {what}? It cannot be brought back."
        if await app.push_screen_wait(Choice(question, answers)) != "discard":
            fates = [Fate.LATER if fate is Fate.DISCARD else fate for fate in fates]
    for file, fate in zip(found, fates, strict=True):
        if fate is Fate.SAVE:
            path = await on_disk(partial(_save_kept, file, folder))
            app.notify(f"The text is in {path}", title="Saved", timeout=10)
        elif fate is Fate.DISCARD:
            await on_disk(partial(_discard_kept, file))


def _save_kept(file: RecoveryFile, folder: Path) -> Path:
    """Save the text of a recovery file under the name of its own file, or the nearest that is free; the new path."""
    with recovery_list.claimed(file.path):
        assessment = recovery.read(file.path).assessment
        name = file.origin.name if file.origin else ""
        try:
            check_new_name(folder / name)
        except ScrutinyError:
            name = ""
        name = (
            name
            if name.endswith(assessments.SUFFIX)
            else assessments.proposed_name(assessment.area, assessment.cycle, assessment.perspective.value)
        )
        path = _free_path(folder / name)
        assessments.create(path, assessment)
        recovery_list.remove(file.path)
    return path


def _discard_kept(file: RecoveryFile) -> None:
    with recovery_list.claimed(file.path):
        recovery_list.remove(file.path)


def _free_path(path: Path) -> Path:
    """The first path like this one at which nothing stands: "a.toml", "a-recovered.toml", "a-recovered-2.toml"."""
    proposal, number = path, 0
    while os.path.lexists(proposal):
        number += 1
        ending = "-recovered" if number == 1 else f"-recovered-{number}"
        proposal = path.with_name(f"{path.stem}{ending}{path.suffix}")
    return proposal


async def export(app: "ScrutinyApp", source: Path, assessment: Assessment) -> None:
    """Ask where to, then write the tracker workbook.

    Raises:
        ScrutinyError: It cannot be written.
    """
    target = await app.push_screen_wait(ExportForm(workbook.proposed_path(source)))
    if target is None:
        return
    replace = False
    if await app.ask_disk(target.exists):
        free = await app.ask_disk(partial(workbook.another_name, target))
        ours = await app.ask_disk(partial(workbook.replaceable, target, source))
        answers = [("other", f"Save as {free.name}"), ("replace", "Replace it"), ("leave", "Cancel")]
        if not ours:
            answers.remove(("replace", "Replace it"))
        detail = "" if ours else "It is not replaced: it is no workbook of Scrutiny's, or cannot be read."
        answer = await app.push_screen_wait(Choice(f"{target.name} exists already.", answers, detail))
        if answer not in ("other", "replace"):
            return
        target, replace = (free, False) if answer == "other" else (target, True)
    app.notify("Writing the workbook ...", timeout=2)

    def write() -> None:
        atomic.sweep(target.parent)
        today = settings.today()
        workbook.export(assessment, target, today, atomic.replace, source=source, replace_existing=replace)

    await on_disk(write, patience=_LONGEST_EXPORT)
    app.notify(f"The workbook is in {target}", title="Exported", timeout=10)
