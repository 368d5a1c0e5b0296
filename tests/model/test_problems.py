"""What is wrong with a value, in words for a person."""

import pytest
from pydantic import BaseModel, Field, ValidationError, model_validator

from scrutiny.model.problems import Place, Problem, problems_in, refuse, spell


class Item(BaseModel):
    """An entry of a list."""

    name: str
    number: int = 0


class Ruled(BaseModel):
    """A model with a rule about its list."""

    items: tuple[Item, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _no_twins(self) -> "Ruled":
        refuse(
            Problem(("items", at, "name"), f"{{{item.name}}} % is there already")
            for at, item in enumerate(self.items)
            if item.name in [earlier.name for earlier in self.items[:at]]
        )
        return self


class Outer(BaseModel):
    """A model around one with a rule."""

    ruled: Ruled


def problems(**values: object) -> list[str]:
    """Everything that is wrong with some values for a ruled model."""
    with pytest.raises(ValidationError) as caught:
        Outer.model_validate({"ruled": values})
    return [str(problem) for problem in problems_in(caught.value)]


@pytest.mark.parametrize(
    ("place", "words"),
    [((), ""), (("a",), "a"), (("a", 0, "b", 11), "a[1].b[12]"), ((0, "a"), "[1].a")],
)
def test_places_are_spelled(place: Place, words: str) -> None:
    """Keys are joined by dots, and lists are counted from 1."""
    assert spell(place) == words


def test_rules_name_their_places() -> None:
    """What a model's own rule refuses is placed below the model, one problem for each breach."""
    twins = [{"name": "a"}, {"name": "a"}, {"name": "b"}, {"name": "b"}]
    assert problems(items=twins) == [
        "ruled.items[2].name: {a} % is there already",
        "ruled.items[4].name: {b} % is there already",
    ]


def test_no_breach_is_no_error() -> None:
    """A rule that finds nothing refuses nothing."""
    refuse([])
    assert Ruled.model_validate({"items": [{"name": "a"}, {"name": "b"}]})


def test_a_list_is_too_short_only_if_it_is() -> None:
    """A list whose entries are wrong is not called too short as well; one that is too short still is."""
    assert problems(items=[{"name": "a"}, {"nam": "b"}]) == ["ruled.items[2].name: is missing"]
    assert problems(items=[{"name": "a"}]) == ["ruled.items: has fewer than 2 entries"]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "ruled.items: is missing"),
        ({"items": 3}, "ruled.items: must be a list"),
        ({"items": [3, {"name": "a"}]}, "ruled.items[1]: must be a table"),
        ({"items": [{"name": 3}, {"name": "a"}]}, "ruled.items[1].name: must be text"),
        ({"items": [{"name": "a", "number": "x"}, {"name": "b"}]}, "ruled.items[1].number: must be a whole number"),
        ({"items": [{"name": "a", "number": 1.5}, {"name": "b"}]}, "ruled.items[1].number: must be a whole number"),
        ({"items": [{"name": "a", "number": []}, {"name": "b"}]}, "ruled.items[1].number: must be a whole number"),
    ],
)
def test_pydantics_words_become_ours(values: dict[str, object], said: str) -> None:
    """What pydantic finds is told without its jargon."""
    assert problems(**values) == [said]


def test_a_key_without_end_does_not_make_a_sentence_without_end() -> None:
    """A long key is told by its beginning, which is enough to find it."""
    assert str(Problem(("action", 2, "k" * 5_000), "is missing")) == f"action[3].{'k' * 57}...: is missing"
    assert str(Problem(("k" * 60,), "is missing")) == f"{'k' * 60}: is missing"
