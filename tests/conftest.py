"""What every test stands on: a home of its own, and sample frameworks and assessments."""

from pathlib import Path

import pytest
from hypothesis import settings

from scrutiny.model.assessment import Assessment
from scrutiny.model.framework import Framework
from tests import building
from tests.timing import set_timing

settings.register_profile("scrutiny", deadline=None, max_examples=50)
settings.load_profile("scrutiny")


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder: nothing of the tester's is read, and nothing is written there."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setenv("TMPDIR", str(folder / "tmp"))
    for name, below in {
        "HOME": "",
        "USERPROFILE": "",
        "XDG_CONFIG_HOME": ".config",
        "XDG_STATE_HOME": ".local/state",
        "XDG_DATA_HOME": ".local/share",
        "XDG_CACHE_HOME": ".cache",
        "APPDATA": "AppData/Roaming",
        "LOCALAPPDATA": "AppData/Local",
    }.items():
        monkeypatch.setenv(name, str(folder / below))
    for name in ("XDG_DOCUMENTS_DIR", "SCRUTINY_DEBUG", "COLUMNS", "LINES", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture(autouse=True)
def nobody_else_saves(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pause after a save for somebody else's that may be on its way; tests about that bring it back."""
    monkeypatch.setattr("scrutiny.store.assessments.SETTLED_SECONDS", 0.0)
    set_timing(monkeypatch, settled=0.0, recovery_place=20.0)


@pytest.fixture
def framework() -> Framework:
    """Two sections with two statements each, on the usual scale."""
    return building.framework()


@pytest.fixture
def draft() -> Assessment:
    """An assessment in which nothing was answered yet."""
    return building.draft()


@pytest.fixture
def filled() -> Assessment:
    """An assessment with a green, an amber and a red rating and one statement that does not apply."""
    return building.filled()


@pytest.fixture
def file(tmp_path: Path, filled: Assessment) -> Path:
    """The filled assessment in a file."""
    return building.written(tmp_path / "northshire.toml", filled)
