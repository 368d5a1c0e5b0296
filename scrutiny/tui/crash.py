"""What is shown and kept when the program itself fails: where it happened, never what anybody wrote."""

import contextlib
import traceback
from datetime import UTC, datetime
from pathlib import Path

from rich.box import ASCII
from rich.panel import Panel
from rich.text import Text

from scrutiny import __version__, paths
from scrutiny.errors import ScrutinyError
from scrutiny.store.atomic import private_folder, replace


def describe(error: BaseException) -> str:
    """Where an error happened and of which kind it is. Its message stays out: it may repeat a note."""
    lines = [f"Scrutiny {__version__}, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC"]
    seen: BaseException | None = error
    while seen is not None:
        lines.append(f"{type(seen).__module__}.{type(seen).__qualname__}")
        lines += [
            f"  {Path(frame.filename).name}, line {frame.lineno}, in {frame.name}"
            for frame in traceback.extract_tb(seen.__traceback__, limit=-30)
        ]
        seen = seen.__cause__ or seen.__context__
    return "\n".join(lines) + "\n"


def keep_report(error: BaseException) -> Path | None:
    """Write the description to the state folder; its path, or None where it cannot be written."""
    path = paths.state_folder() / "crash.txt"
    with contextlib.suppress(OSError, ScrutinyError):
        private_folder(path.parent)
        replace(path, describe(error).encode())
        return path
    return None


def panel(report: Path | None, *, saved: bool) -> Panel:
    """What is said on the terminal afterwards."""
    work = "What you had written was saved." if saved else "Your latest changes could not be saved."
    kept = f"\nA report without any of your text is in {paths.shown(report)}" if report else ""
    words = f"{work}{kept}\nStart Scrutiny again to go on; what it found unsaved it will offer you."
    return Panel(Text(words, overflow="fold"), title="Scrutiny had to stop because of a fault of its own", box=ASCII)
