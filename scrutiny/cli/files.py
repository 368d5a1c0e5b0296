"""Reading, changing and finding files, with what has to be said aloud about them."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import click

from scrutiny import paths
from scrutiny.cli import terminal, values
from scrutiny.errors import BeingSaved, ChangedElsewhere, FileProblem
from scrutiny.model.assessment import Assessment
from scrutiny.settings import Settings, load_settings
from scrutiny.store import assessments, backups, frameworks, index, recovery
from scrutiny.store.assessments import Stored
from scrutiny.store.index import Listed

PATH = click.Path(path_type=Path)
"""The type of every argument that names a file; what is wrong with the file is said by whoever opens it."""

_TRIES = 50
"""Each failed one is somebody else's success."""

_GIT_TEMPORARY = ".merge_file_"
"""How the names of the files begin that git gives to its merge driver."""

_WAITS = 6
"""How often a command waits for its turn, five seconds each: a crowd of them may pass one of their number over."""


def settings_in_use() -> Settings:
    """The person's settings; the usual ones, said aloud, where the settings file cannot be used."""
    try:
        return load_settings()
    except FileProblem as problem:
        terminal.remark(f"Note: {problem.title} {problem.hint}")
        return Settings()


def framework_folders(settings: Settings) -> list[Path]:
    """Where frameworks are looked for, in order."""
    return frameworks.folders(settings.frameworks_folder)


def listed(folder: Path, *, must_exist: bool) -> list[Listed]:
    """The assessments of a folder.

    Raises:
        FileProblem: It is not a folder, cannot be read, or does not exist although it must.
    """
    try:
        os.scandir(folder).close()
    except FileNotFoundError as error:
        if must_exist:
            raise FileProblem(
                f"There is no folder {folder}.", hint="scrutiny list with a folder that exists."
            ) from error
        return []
    except NotADirectoryError as error:
        raise FileProblem(
            f"{folder} is a file, not a folder.", hint=f"scrutiny show {terminal.word(folder)}"
        ) from error
    except OSError:
        pass  # listing it says why
    recovery.sweep_all(folder)
    return list(index.list_folder(folder))


def opened(path: Path) -> Stored:
    """The assessment in a file, with a remark if the file was edited by hand.

    Raises:
        FileProblem: The file cannot be used.
    """
    recovery.sweep_all(path.parent)
    stored = assessments.load(path)
    if stored.edited_by_hand:
        terminal.remark(f"Note: {path} was edited by hand since it was last saved.")
    return stored


def changed(
    path: Path,
    edit: Callable[[Assessment], Assessment],
    back_up: Callable[[Path], object] | None = None,
) -> Assessment:
    """Carry out an edit on a file, save it and return the result; the file as it was is kept as a backup.

    Where another program saves the file in the same moment, the edit is made again on what that program saved.

    Args:
        back_up: Keeps the backup; left out, `Backup`, which does not stop the edit where that fails.

    Raises:
        ScrutinyError: The file cannot be used, or a rule forbids the edit; nothing was written.
    """
    recovery.sweep_all(path.parent)
    said, waits = False, _WAITS
    back_up = back_up or Backup()
    for _ in range(_TRIES):
        stored = assessments.load(path)
        if stored.edited_by_hand and not said:
            terminal.remark(f"Note: {path} was edited by hand since it was last saved; this save seals it again.")
            said = True
        after = edit(stored.assessment).model_copy(update={"modified": values.now().replace(microsecond=0)})
        back_up(path)
        try:
            if not _displaced(assessments.save_version(path, after, stored.digest)):
                return after
        except ChangedElsewhere:
            continue
        except BeingSaved:
            waits -= 1
            if not waits:
                raise
    raise ChangedElsewhere(
        f"{path} was changed by somebody else again and again; nothing was written over.", hint="Try again in a moment."
    )


class Backup:
    """Keeps a backup of a file before a command changes it. Where that fails, it is said once, and the change goes on.

    Nothing is kept of git's temporary files: git has both versions itself, and would leave a new name each time.
    """

    def __init__(self) -> None:
        self._said = False

    def __call__(self, path: Path) -> None:
        """Keep a copy of the file as it stands."""
        if path.name.startswith(_GIT_TEMPORARY):
            return
        try:
            backups.keep(path)
        except FileProblem as problem:
            if not self._said:
                terminal.remark(f"Note: no backup of {path} could be kept. {problem.title} {problem.hint}")
            self._said = True


def _displaced(saved: Stored) -> bool:
    """Whether a save without a lock of ours, as from another computer, took the place of this one and knows it not.

    Such a save has looked at the file before this one was there; a moment later, it is in place.
    """
    time.sleep(assessments.SETTLED_SECONDS)
    try:
        if assessments.file_digest(saved.path) == saved.digest:
            return False
        return saved.line[0] not in assessments.load(saved.path).line
    except FileProblem:
        return False  # what became of the file later is not this save's to tell


def places(settings: Settings) -> list[tuple[str, Path]]:
    """Where everything lives, as names and paths."""
    return [
        ("Settings", paths.settings_file()),
        ("Assessments", settings.assessments_folder),
        *(
            ("Frameworks", folder)
            for folder in dict.fromkeys([settings.frameworks_folder, *framework_folders(settings)])
        ),
        ("State", paths.state_folder()),
        ("Backups", paths.backups_folder()),
        ("Recovery", paths.recovery_folder()),
        ("Locks", paths.locks_folder()),
    ]
