"""The colours of ratings in a workbook, and ink that can be read on them."""

from scrutiny.model.framework import Band, Scale

HEADING = "#1F3A4D"
"""The ground of column headings."""

RULE = "#B8C2C9"
"""The lines between cells."""

UNRATED = "#E4E8EB"
NOT_APPLICABLE = "#C3CBD1"

LATE_GROUND = "#FBDAD7"
LATE_INK = "#8A0F0A"
"""How an overdue date looks: unlike the red of a rating, so that neither is taken for the other."""

_BANDS = {Band.GREEN: "#2E7D32", Band.AMBER: "#FFBF00", Band.RED: "#C62828"}
_BLACK, _WHITE = "#000000", "#FFFFFF"


def level_colours(scale: Scale) -> dict[str, str]:
    """A ground for every level by its key: its band's colour, lighter for each further level of the same band."""
    colours = {}
    for level in scale.levels:
        alike = [other.key for other in scale.levels if other.band is level.band]
        colours[level.key] = _lighter(_BANDS[level.band], 0.7 * alike.index(level.key) / len(alike))
    return colours


def ink_on(ground: str) -> str:
    """Black or white, whichever reads better on the ground."""
    return max((_BLACK, _WHITE), key=lambda ink: contrast(ink, ground))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, from 1 to 21 (WCAG 2.2, relative luminance)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _lighter(colour: str, share: float) -> str:
    return "#" + "".join(f"{round(part + (255 - part) * share):02X}" for part in _parts(colour))


def _luminance(colour: str) -> float:
    shares = (part / 255 for part in _parts(colour))
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
