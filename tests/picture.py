"""Draw the README's picture of the walk: ``python -m tests.picture``."""

import asyncio
import re
import shutil
import tempfile
from pathlib import Path

from scrutiny.settings import Remembered, Settings
from scrutiny.store import assessments
from scrutiny.tui.app import ScrutinyApp
from scrutiny.workspace.session import Session

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "assessments" / "northshire-2026-27-self-assessment.toml"
PICTURE = ROOT / ".pictures" / "walk.svg"


def without_links(picture: str) -> str:
    """The picture without the fonts that it would fetch from elsewhere."""
    picture = re.sub(r"<!--.*?-->", "", picture, flags=re.DOTALL)
    picture = re.sub(r"@font-face\s*\{.*?\}", "", picture, flags=re.DOTALL)
    return picture.replace("Fira Code", "ui-monospace, monospace")


async def draw() -> None:
    """Open a copy of the worked example at the statement 2.2, and keep what is on the screen."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copy(EXAMPLE, folder))
        session = Session(assessments.load(copy))
        remembered = Remembered().with_place(str(session.assessment.id), "sharing-and-escalation")
        app = ScrutinyApp(Settings(), remembered, copy.parent, session)
        async with app.run_test(size=(120, 36)) as pilot:
            await pilot.pause()
            PICTURE.parent.mkdir(exist_ok=True)
            PICTURE.write_text(without_links(app.export_screenshot(title="Scrutiny")), encoding="utf-8")
        session.close()


if __name__ == "__main__":
    asyncio.run(draw())
