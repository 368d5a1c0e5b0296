"""The person's settings, which the program only reads, and what the program remembers between runs, which it writes."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import Field, ValidationError

from scrutiny import paths
from scrutiny.errors import FileProblem
from scrutiny.model.problems import IN_PARTS, ProblemCount, problems_in
from scrutiny.model.record import Record
from scrutiny.model.text import Line
from scrutiny.store import toml
from scrutiny.store.atomic import exists, private_folder, read_bytes, replace

_PLACES_KEPT = 200


class Settings(Record):
    """What a person may set in the settings file; every key may be left out."""

    name: Line = ""
    """Your name, proposed for each new assessment."""
    organisation: Line = ""
    """Your organisation, proposed for each new assessment."""
    role: Line = ""
    """Your role, proposed for each new assessment."""
    theme: Line = ""
    """The theme at every start; left out, the one you chose last."""
    folder: Line = ""
    """Where your assessments are kept."""
    frameworks: Line = ""
    """A folder of frameworks of your own."""
    keys: Annotated[dict[str, Line], IN_PARTS] = Field(default_factory=dict)
    """Other keys for actions, by the binding's id: ``rate-next = "f5"``."""

    @property
    def assessments_folder(self) -> Path:
        """The folder that opens first."""
        return paths.expanded(self.folder) if self.folder else paths.assessments_folder()

    @property
    def frameworks_folder(self) -> Path:
        """The person's own frameworks."""
        return paths.expanded(self.frameworks) if self.frameworks else self.assessments_folder / "frameworks"


class Remembered(Record):
    """What the last run leaves for the next: proposals and places, never a note."""

    partnership: Line = ""
    area: Line = ""
    cycle: Line = ""
    organisation: Line = ""
    role: Line = ""
    name: Line = ""
    framework: Line = ""
    theme: Line = ""
    places: Annotated[dict[str, Line], IN_PARTS] = Field(default_factory=dict)
    """The statement last looked at, by assessment id; the latest assessment last."""

    def with_place(self, assessment_id: str, statement_id: str) -> "Remembered":
        """The same with one assessment's place brought up to date."""
        places = {key: place for key, place in self.places.items() if key != assessment_id}
        places[assessment_id] = statement_id
        kept = dict(list(places.items())[-_PLACES_KEPT:])
        return self.model_copy(update={"places": kept})


def load_settings() -> Settings:
    """The person's settings; the usual ones where there is no settings file.

    Raises:
        FileProblem: The file holds something that is not a setting, or not well formed; names the line and the key.
    """
    path = paths.settings_file()
    if not exists(path) or not read_bytes(path).strip():
        return Settings()
    return _load(path, Settings)


def load_remembered() -> Remembered:
    """What the last run left; nothing where that cannot be read, since nobody would miss it."""
    try:
        return _load(paths.remembered_file(), Remembered)
    except FileProblem:
        return Remembered()


def keep_remembered(remembered: Remembered) -> None:
    """Leave something for the next run.

    Raises:
        FileProblem: It cannot be written.
    """
    path = paths.remembered_file()
    private_folder(path.parent)
    values = dict(remembered)
    places = values.pop("places")
    replace(path, (toml.table(values) + "\n[places]\n" + toml.table(places)).encode())


Kind = TypeVar("Kind", Settings, Remembered)


def _load(path: Path, kind: type[Kind]) -> Kind:
    text = toml.read_text(path)
    values: dict[str, Any] = toml.parse(text, path)
    try:
        return kind.model_validate(values, context=ProblemCount())
    except ValidationError as error:
        problem = problems_in(error)[0]
        line = toml.line_of(text, problem.place)
        where = f"line {line}: " if line else ""
        raise FileProblem(
            f"{path} cannot be used: {where}{problem}.",
            hint="Mend it in a text editor; until then the usual settings apply.",
        ) from error


def today() -> date:
    """The day on the person's own calendar."""
    return datetime.now().astimezone().date()
