"""The only way from a person's text to the screen.

Textual reads plain strings as markup, so a note with brackets could crash a widget or become a live link. Everything
that holds a person's words is built here as `Content`, in which text is only ever text. What people write was cleaned
on its way into the model; names of files and what errors say of them were not, so all of it is cleaned here once more.
"""

from textual.content import Content

from scrutiny.model.assessment import Answer, Assessment
from scrutiny.model.framework import Band, Level
from scrutiny.model.text import clean_note

MUTED = "$foreground 72%"
"""What is there to be found, not to be read first; still 4.5:1 on every background that themes give."""

EMPTY = Content("")

HEADING = "bold $text-primary"
ALERT = "bold $text-error"
ALARM = "bold $text-error"

_BAND_STYLES = {
    Band.GREEN: "bold #ffffff on #1b7f3b",
    Band.AMBER: "bold #000000 on #ffb000",
    Band.RED: "bold #ffffff on #c62828",
}
_NEUTRAL_STYLE = "bold $foreground on $panel"


def plain(text: str, style: str = "") -> Content:
    """A person's text as it is, over as many lines as it has."""
    text = clean_note(text)
    return Content.styled(text, style) if style else Content(text)


def line(text: str, style: str = "") -> Content:
    """A person's text folded into one line."""
    return plain(" ".join(text.split()), style)


def join(*parts: str | Content | tuple[str, str]) -> Content:
    """Pieces one after the other; a tuple is text with a style."""
    return Content.assemble(*parts)


def band_style(band: Band | None) -> str:
    """The style of a solid chip for a band; neutral for unrated and not applicable."""
    return _NEUTRAL_STYLE if band is None else _BAND_STYLES[band]


def chip(level: Level | None, answer: Answer | None = None) -> Content:
    """A rating as a small chip with its letter: " G "; unrated and not applicable have one of their own."""
    if level is not None:
        return Content.styled(f" {level.letter} ", band_style(level.band))
    if answer is not None and answer.not_applicable:
        return Content.styled("n/a", _NEUTRAL_STYLE)
    return Content.styled(" - ", MUTED)


def rating(assessment: Assessment, statement_id: str) -> Content:
    """A statement's rating as chip and word."""
    answer = assessment.answer(statement_id)
    level = assessment.level(statement_id)
    word = level.label if level else "Not applicable" if answer.not_applicable else "Not rated"
    return join(chip(level, answer), " ", word)


def count_chip(band: Band, count: int) -> Content:
    """How many are in a band, always six cells wide: " R  4 "."""
    return Content.styled(f" {band.letter}{count:>3} ", band_style(band))


def fit(content: Content, width: int) -> Content:
    """Content cut or padded to an exact width in cells."""
    return content.truncate(width, ellipsis=True, pad=True) if width > 0 else Content("")
