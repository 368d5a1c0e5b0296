"""Where things live, as functions: nothing is looked up or made at import."""

import os
from pathlib import Path

import platformdirs

_NAME = "scrutiny"


def settings_file() -> Path:
    """The person's settings."""
    return platformdirs.user_config_path(_NAME, appauthor=False, roaming=True) / "settings.toml"


def state_folder() -> Path:
    """What the program remembers between runs, and its locks: nothing that anyone would miss."""
    return platformdirs.user_state_path(_NAME, appauthor=False)


def remembered_file() -> Path:
    """The last place in each assessment, and what the next new one is proposed from."""
    return state_folder() / "remembered.toml"


def locks_folder() -> Path:
    """Locks between sessions on this computer; never beside the files, where a sync client would spread them."""
    return state_folder() / "locks"


def index_folder() -> Path:
    """What is known of folders of assessments, so that unchanged files need not be read again; safe to delete."""
    return state_folder() / "index"


def backups_folder() -> Path:
    """The last ten backups of each assessment that was changed on this computer."""
    return state_folder() / "backups"


def recovery_folder() -> Path:
    """Text that could not be written to its own file yet."""
    return state_folder() / "recovery"


def temporary_recovery_folder() -> Path:
    """Where such text is kept if the state folder cannot be used; of this user alone."""
    import tempfile  # here, because it is needed only when text cannot be saved

    user = str(os.getuid()) if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")
    return Path(tempfile.gettempdir()) / f"scrutiny-recovery-{user}"


def assessments_folder() -> Path:
    """Where assessments are kept unless the settings name another folder."""
    return platformdirs.user_documents_path() / "Scrutiny"


def checkout_frameworks() -> Path | None:
    """The `frameworks` folder of the source checkout this runs from; None when installed from a wheel."""
    root = Path(__file__).resolve().parent.parent
    folder = root / "frameworks"
    return folder if (root / "pyproject.toml").is_file() and folder.is_dir() else None


def installed_frameworks() -> Path:
    """The copy of the shipped frameworks inside the installed package."""
    return Path(__file__).resolve().parent / "shipped_frameworks"


def expanded(text: str) -> Path:
    """A path as people write it, ``~`` for the home folder; as it stands where there is no such home folder."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        return Path(text)


def shown(path: Path) -> str:
    """A path as people write it: the home folder as ``~``."""
    home = str(expanded("~"))
    text = str(path)
    return "~" + text[len(home) :] if home not in ("", "/") and text.startswith(home + os.sep) else text
