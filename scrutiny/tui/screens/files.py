"""What is done with whole files, each with the questions it takes: beginning, copying, merging, exporting."""

import asyncio
import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scrutiny import settings
from scrutiny.analysis.merge import differences, settle
from scrutiny.errors import FileProblem, ScrutinyError
from scrutiny.exchange import workbook
from scrutiny.model.assessment import Assessment
from scrutiny.store import assessments, atomic, drafts, frameworks, recovery, recovery_list
from scrutiny.store.copies import put_aside
from scrutiny.store.drafts import Draft, Drafting
from scrutiny.store.names import check_new_name
from scrutiny.store.recovery_list import RecoveryFile
from scrutiny.tui.dialogs.assessment import NewAssessment, NewForm
from scrutiny.tui.dialogs.confirm import Choice
from scrutiny.tui.dialogs.conflicts import ConflictsDialog
from scrutiny.tui.dialogs.copy import CopyForm
from scrutiny.tui.dialogs.export import ExportForm
from scrutiny.tui.dialogs.unsaved_text import Fate, UnsavedTextDialog
from scrutiny.workspace.session import Session

if TYPE_CHECKING:
    from scrutiny.tui.app import ScrutinyApp
    from scrutiny.tui.screens.walk import WalkScreen

NEW = "assessment"
"""The name by which drafts of the form for a new assessment are known."""


def begin(app: "ScrutinyApp", draft: Draft | None = None) -> None:
    """Begin a new assessment in the library's folder.

    Args:
        draft: What stood in the form when an earlier session ended.
    """
    own = [app.settings.frameworks_folder, app.folder, app.folder / "frameworks"]
    found = frameworks.available(frameworks.folders(own[0], also=own[1:]))
    usable = [one.framework for one in found if one.framework]
    broken = [one.problem.title for one in found if one.problem]
    usable.sort(key=lambda framework: framework.id != frameworks.DEFAULT)
    if broken:
        app.notify("\n".join(broken), severity="warning", timeout=12)
    drafting = Drafting(app.folder, NEW)

    def keep(new: NewAssessment | None) -> None:
        if new is not None:
            try:
                stored = assessments.create(new.path, new.assessment)
            except FileProblem as problem:
                begin(app, Draft(NEW, form.texts()))  # as it was filled in
                app.show_problem(problem)
            else:
                app.remember_details(new.assessment)
                app.open_assessment(stored.path)
        drafting.forget()

    form = NewForm(app.folder, usable, app.settings, app.remembered)
    form.draft_in(drafting, draft)
    app.push_screen(form, keep)


def go_on(app: "ScrutinyApp") -> None:
    """Open the form for a new assessment again that was open when the last session in the folder ended."""
    for draft in drafts.find(app.folder, app.tell_put_aside):
        if draft.form == NEW:
            begin(app, draft)
            app.notify(drafts.FOUND, title="Found", timeout=8)
            return
        app.tell_put_aside(drafts.put_aside(draft))


def save_copy(app: "ScrutinyApp", walk: "WalkScreen") -> None:
    """Ask for another name, save the open assessment there, and go on there at the same statement."""

    def keep(path: Path | None) -> None:
        if path is None:
            return
        try:
            copy = walk.session.save_copy(path)
        except FileProblem as problem:
            app.show_problem(problem)
            return
        walk.session.close(timeout=0)
        app.go_on_in(copy, walk)

    app.push_screen(CopyForm(walk.session.path), keep)


async def merge_copy(app: "ScrutinyApp", copy: Path, original: Path) -> Session | None:
    """Merge a sync client's copy into its file, with every difference shown; None where that was put off.

    Raises:
        ScrutinyError: One of the two cannot be read, the file not written, or the copy not put aside.
    """
    session = Session(await asyncio.to_thread(assessments.load, original))
    other = await asyncio.to_thread(assessments.load, copy)
    merged = differences(session.assessment, other.assessment)
    heading = "Two versions of one assessment. Where they differ, which is to be kept?"
    dialog = ConflictsDialog(merged.assessment, merged.conflicts, heading, ("The file", "The copy"))
    choices = await app.push_screen_wait(dialog) if merged.conflicts else {}
    if choices is None:
        return None
    session.edit(lambda now: settle(merged, choices).model_copy(update={"modified": now.modified}), "the merge")
    if not await asyncio.to_thread(session.save_now):
        raise session.save_state.problem or FileProblem("The merged file could not be saved.")
    if await asyncio.to_thread(assessments.file_digest, copy) != other.digest:
        raise FileProblem(f"{copy.name} has changed since it was read.", hint="It is still there: merge it again.")
    await asyncio.to_thread(put_aside, copy)
    return session


async def settle_kept(app: "ScrutinyApp", folder: Path, kept: Sequence[Path]) -> None:
    """Show text whose file is gone, and save it in a folder, discard it, or leave it where it is.

    Raises:
        ScrutinyError: One of the recovery files is in use, or its text cannot be saved or removed.
    """
    found = await asyncio.to_thread(recovery_list.describe, kept)
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
            path = await asyncio.to_thread(_save_kept, file, folder)
            app.notify(f"The text is in {path}", title="Saved", timeout=10)
        elif fate is Fate.DISCARD:
            await asyncio.to_thread(_discard_kept, file)


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
    if await asyncio.to_thread(target.exists):
        free = await asyncio.to_thread(workbook.another_name, target)
        ours = await asyncio.to_thread(workbook.replaceable, target, source)
        answers = [("other", f"Save as {free.name}"), ("replace", "Replace it"), ("leave", "Cancel")]
        if not ours:
            answers.remove(("replace", "Replace it"))
        detail = "" if ours else "It is not replaced: it is no workbook of Scrutiny's, or cannot be read."
        answer = await app.push_screen_wait(Choice(f"{target.name} exists already.", answers, detail))
        if answer not in ("other", "replace"):
            return
        target, replace = (free, False) if answer == "other" else (target, True)
    app.notify("Writing the workbook ...", timeout=2)
    atomic.sweep(target.parent)
    write = partial(workbook.export, source=source, replace_existing=replace)
    await asyncio.to_thread(write, assessment, target, settings.today(), atomic.replace)
    app.notify(f"The workbook is in {target}", title="Exported", timeout=10)
