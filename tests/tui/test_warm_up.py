"""What an open window needs is in memory soon after its start: the installation may go."""

import subprocess
import sys
from pathlib import Path

from tests import building

AFTER_THE_START = """
import asyncio, sys
from pathlib import Path
from scrutiny.settings import Remembered, Settings
from scrutiny.store import assessments
from scrutiny.tui import warm_up
from scrutiny.tui.app import ScrutinyApp
from scrutiny.workspace.session import Session

path = Path(sys.argv[1])
app = ScrutinyApp(Settings(), Remembered(), path.parent, Session(assessments.load(path)))

async def use():
    async with app.run_test(size=(120, 36)) as pilot:
        await asyncio.to_thread(warm_up.import_everything)
        before = set(sys.modules)
        for key in sys.argv[2:]:
            await pilot.press(key)
            await pilot.pause(0.1)
            await pilot.press("escape")
        print("LOADED", *sorted(set(sys.modules) - before), flush=True)

asyncio.run(use())
"""

KEYS = [*"exnsmtw", "f1", "ctrl+p", "d", "u", "n"]


def test_screens_and_dialogs_load_nothing_more(tmp_path: Path) -> None:
    """After the warm-up, going through every screen and dialog imports no module of ours or of a library."""
    path = building.written(tmp_path / "northshire.toml", building.draft())
    done = subprocess.run(
        [sys.executable, "-c", AFTER_THE_START, str(path), *KEYS], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    loaded = done.stdout.partition("LOADED")[2].split()
    assert [name for name in loaded if name.partition(".")[0] not in sys.stdlib_module_names] == []
    assert "LOADED" in done.stdout
