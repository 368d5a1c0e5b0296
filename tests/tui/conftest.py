"""How tests of the interface run, and what they begin with."""

import asyncio
import inspect
from pathlib import Path

import pytest

from scrutiny.model.assessment import Assessment
from tests import building
from tests.timing import set_timing


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a test that is a coroutine to its end, in an event loop of its own."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = inspect.signature(pyfuncitem.obj).parameters
    asyncio.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names}))
    return True


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The library's folder, with nothing in it."""
    folder = tmp_path / "assessments"
    folder.mkdir()
    return folder


@pytest.fixture
def draft_file(folder: Path, draft: Assessment) -> Path:
    """An assessment without answers in the library's folder."""
    return building.written(folder / "draft.toml", draft)


@pytest.fixture
def filled_file(folder: Path, filled: Assessment) -> Path:
    """An assessment with answers of every kind in the library's folder."""
    return building.written(folder / "filled.toml", filled)


@pytest.fixture
def saves_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Saves begin at once, and are tried again at once."""
    set_timing(monkeypatch, quiet=0.0, retries=(0.05,))
