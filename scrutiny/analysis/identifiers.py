"""Signs that a text identifies a person. They warn; they never block, and they never repeat what they found."""

import re
from collections.abc import Callable
from dataclasses import dataclass

_GAP = r"[ \u00a0-]?"
"""What people put between groups of digits: nothing, a space (one that does not break included) or a hyphen."""

_DATE = (
    r"(?:\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2,4}|\d{4}-\d{2}-\d{2}"
    r"|\d{1,2}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,?\s+\d{2,4})"
)

_NI_NUMBER = (
    # HMRC National Insurance Manual, NIM39110: prefixes and letters that are never given out
    r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]{gap}\d{{2}}{gap}\d{{2}}{gap}\d{{2}}{gap}[A-D]"
)


def _nhs_number(found: str) -> bool:
    from stdnum.gb import nhs  # here, because it loads ssl and much else that most texts never need

    return bool(nhs.is_valid(found))


def _pupil_number(found: str) -> bool:
    from stdnum.gb import upn

    return bool(upn.is_valid(found))


def _telephone_length(found: str) -> bool:
    """Whether a number has as many digits as a British one: nine or ten after the country code or the first 0."""
    digits = re.sub(r"\D", "", found)
    return len(digits.removeprefix("00").removeprefix("44").lstrip("0")) in (9, 10)


@dataclass(frozen=True)
class _Sign:
    name: str
    pattern: re.Pattern[str]
    confirmed: Callable[[str], bool] | None = None

    def fits(self, found: str) -> bool:
        """Whether what the pattern found holds up on a second look."""
        return self.confirmed is None or self.confirmed(found)


_SIGNS = (
    _Sign("an NHS number", re.compile(rf"(?<![\d-])\d{{3}}{_GAP}\d{{3}}{_GAP}\d{{4}}(?![\d-])"), _nhs_number),
    _Sign("a unique pupil number", re.compile(r"\b[A-Z]\d{11}[0-9A-Z]\b", re.IGNORECASE), _pupil_number),
    _Sign(
        "a National Insurance number",
        # spaced, only in capitals: "by 100000 a year" would fit otherwise
        re.compile(rf"\b(?:{_NI_NUMBER.format(gap=_GAP)}|(?i:{_NI_NUMBER.format(gap='')}))\b"),
    ),
    _Sign(
        "a date of birth",
        re.compile(rf"\b(?:born|birth|d\.?o\.?b\.?)\b\W{{0,3}}(?:(?:is|was|on|the)\W+){{0,3}}{_DATE}", re.IGNORECASE),
    ),
    _Sign("an e-mail address", re.compile(r"(?<![\w.+'-])[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")),
    _Sign(
        "a telephone number",
        re.compile(
            rf"(?<![\w./-])(?:(?:\+|00)44{_GAP}(?:\(0\){_GAP})?\(?|\(?0)\d{{2,4}}\)?{_GAP}{_GAP}\d{{3,4}}{_GAP}\d{{2,4}}(?!\w)"
        ),
        _telephone_length,
    ),
    _Sign(
        "a postcode",
        re.compile(r"\b(?:[A-PR-UWYZ][A-HK-Y]?\d[A-Z\d]?) ?\d[ABD-HJLNP-UW-Z]{2}\b"),
    ),
)


def identifiers_in(text: str) -> list[str]:
    """What kinds of identifier a text seems to hold, as words for a sentence: "an NHS number", "a postcode"."""
    return [sign.name for sign in _SIGNS if any(sign.fits(found.group()) for found in sign.pattern.finditer(text))]
