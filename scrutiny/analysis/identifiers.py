"""Signs that a text identifies a person. They warn; they never block, and they never repeat what they found."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from stdnum.gb import nhs, upn

_DATE = (
    r"(?:\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2,4}|\d{4}-\d{2}-\d{2}"
    r"|\d{1,2}(?:st|nd|rd|th)?\s+(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,?\s+\d{2,4})"
)


@dataclass(frozen=True)
class _Sign:
    name: str
    pattern: re.Pattern[str]
    confirmed: Callable[[str], bool] = lambda found: True


_SIGNS = (
    _Sign("an NHS number", re.compile(r"(?<![\d-])\d{3}[ -]?\d{3}[ -]?\d{4}(?![\d-])"), nhs.is_valid),
    _Sign("a unique pupil number", re.compile(r"\b[A-Z]\d{11}[0-9A-Z]\b", re.IGNORECASE), upn.is_valid),
    _Sign(
        "a National Insurance number",
        # HMRC National Insurance Manual, NIM39110: prefixes and letters that are never given out
        re.compile(
            r"\b(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b",
            re.IGNORECASE,
        ),
    ),
    _Sign(
        "a date of birth",
        re.compile(rf"\b(?:born|birth|d\.?o\.?b\.?)\b\W{{0,3}}(?:(?:is|was|on)\W+){{0,2}}{_DATE}", re.IGNORECASE),
    ),
    _Sign("an e-mail address", re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")),
    _Sign(
        "a telephone number",
        re.compile(r"(?<![\w.])(?:\+44[ -]?(?:\(0\)[ -]?)?|\(?0)(?:\d[ ()-]{0,2}){9,10}(?![\w])"),
    ),
    _Sign(
        "a postcode",
        re.compile(r"\b(?:[A-PR-UWYZ][A-HK-Y]?\d[A-Z\d]?) ?\d[ABD-HJLNP-UW-Z]{2}\b"),
    ),
)


def identifiers_in(text: str) -> list[str]:
    """What kinds of identifier a text seems to hold, as words for a sentence: "an NHS number", "a postcode"."""
    return [sign.name for sign in _SIGNS if any(sign.confirmed(found.group()) for found in sign.pattern.finditer(text))]
