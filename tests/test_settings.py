"""Settings that a person writes, and what the program remembers."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrutiny import paths
from scrutiny.errors import FileProblem
from scrutiny.settings import Remembered, Settings, keep_remembered, load_remembered, load_settings
from tests import strategies


def write(text: str) -> Path:
    """The settings file with the given text."""
    path = paths.settings_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_everything_lives_in_the_home_of_the_test(home: Path) -> None:
    """No test reads or writes anything of the tester's own."""
    for path in (paths.settings_file(), paths.state_folder(), paths.locks_folder(), paths.assessments_folder()):
        assert home in path.parents


@pytest.mark.parametrize("text", [None, "", "\n", "# nothing set\n"])
def test_no_settings_are_the_usual_ones(text: str | None) -> None:
    """Without a settings file, or with nothing in it, everything works as usual."""
    if text is not None:
        write(text)
    assert load_settings() == Settings()


def test_settings_are_read(home: Path) -> None:
    """What is set is used, and ``~`` means the home folder."""
    write('name = "Sam"\nfolder = "~/work"\n\n[keys]\nrate-next = "f5"\n')
    settings = load_settings()
    assert settings.name == "Sam"
    assert settings.assessments_folder == home / "work"
    assert settings.frameworks_folder == home / "work" / "frameworks"
    assert settings.keys == {"rate-next": "f5"}
    write('frameworks = "~/own"\n')
    assert load_settings().frameworks_folder == home / "own"


def test_a_home_that_nobody_has_is_no_crash() -> None:
    """A folder below somebody's home who does not exist is taken as it stands."""
    write('folder = "~nobody-of-that-name/x"\n')
    assert load_settings().assessments_folder == Path("~nobody-of-that-name/x")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('nmae = "Sam"\n', "line 1: nmae: is not a key"),
        ('name = "Sam"\nrole = 3\n', "line 2: role: must be text"),
        ("keys = 3\n", "line 1: keys: must be a table"),
        ("name = Sam\n", "line 1"),
    ],
)
def test_a_slip_is_named(text: str, said: str) -> None:
    """What is no setting is refused with its line and its key, and the file stays as it is."""
    path = write(text)
    with pytest.raises(FileProblem) as caught:
        load_settings()
    assert said in caught.value.title
    assert str(path) in caught.value.title
    assert path.read_text(encoding="utf-8") == text


def test_what_is_remembered_comes_back() -> None:
    """What one run leaves is found by the next, and nothing at first."""
    assert load_remembered() == Remembered()
    remembered = Remembered(area="Northshire", theme="dark").with_place("one", "plan").with_place("two", "voice")
    keep_remembered(remembered)
    assert load_remembered() == remembered


@given(
    texts=st.lists(strategies.any_text, min_size=3, max_size=3),
    places=st.dictionaries(strategies.any_text, st.just("x")),
)
def test_anything_can_be_remembered(texts: list[str], places: dict[str, str]) -> None:
    """Whatever names people have, what is remembered comes back the same."""
    places = {key.encode(errors="replace").decode(): place for key, place in places.items()}
    remembered = Remembered(partnership=texts[0], area=texts[1], name=texts[2], places=places)
    keep_remembered(remembered)
    assert load_remembered() == remembered


@pytest.mark.parametrize("text", ["", "x = \n", "strange = 1\n", "area = 3\n"])
def test_what_cannot_be_read_is_forgotten(text: str) -> None:
    """Nobody misses what was remembered: a damaged file is as good as none."""
    keep_remembered(Remembered(area="x"))
    paths.remembered_file().write_text(text, encoding="utf-8")
    assert load_remembered() == Remembered()


def test_places_are_kept_for_the_latest() -> None:
    """The places in the last two hundred assessments are kept, the latest last."""
    remembered = Remembered()
    for number in range(250):
        remembered = remembered.with_place(str(number), "plan")
    remembered = remembered.with_place("100", "voice")
    assert len(remembered.places) == 200
    assert list(remembered.places)[-1] == "100"
    assert remembered.places["100"] == "voice"
    assert "49" not in remembered.places


@pytest.mark.parametrize("below", ["a.toml", "sub/a.toml"])
def test_paths_are_shown_from_home(home: Path, below: str) -> None:
    """A path below the home folder is shown as people write it, and any other as it is."""
    assert paths.shown(home / below) == str(Path("~") / below)
    assert paths.shown(Path("/elsewhere") / below) == str(Path("/elsewhere") / below)
    assert paths.expanded("~") == home
