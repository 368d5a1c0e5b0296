"""Signs that a text identifies a person: what safeguarding evidence really holds, and what it must not."""

import time

import pytest

from scrutiny.analysis.identifiers import identifiers_in

NHS = "an NHS number"
UPN = "a unique pupil number"
NI = "a National Insurance number"
BIRTH = "a date of birth"
MAIL = "an e-mail address"
PHONE = "a telephone number"
POSTCODE = "a postcode"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("NHS number 9434765919.", NHS),
        ("NHS no. 943 476 5919", NHS),
        ("943-476-5919 was known to services", NHS),
        ("943\u00a0476\u00a05919", NHS),
        ("(9434765919)", NHS),
        ("UPN B801200005001 was absent", UPN),
        ("NI number AB123456C", NI),
        ("NI number AB 12 34 56 C", NI),
        ("ni number ab123456c", NI),
        ("born 01/02/2015", BIRTH),
        ("Born on 1st February 2015,", BIRTH),
        ("born on the 3rd of May 2014", BIRTH),
        ("DOB: 01.02.15", BIRTH),
        ("D.O.B. 1/2/2015", BIRTH),
        ("d.o.b 1-2-15", BIRTH),
        ("date of birth 2015-02-01", BIRTH),
        ("Date of birth: 1 Feb 2015", BIRTH),
        ("date of birth is 1 February, 2015", BIRTH),
        ("write to sam.o'neill+x@north-shire.gov.uk.", MAIL),
        ("SAM@EXAMPLE.ORG", MAIL),
        ("<sam@example.org>", MAIL),
        ("mobile 07700900123", PHONE),
        ("07700 900123", PHONE),
        ("07700 900 123", PHONE),
        ("07700-900-123", PHONE),
        ("0191 498 0001", PHONE),
        ("(0191) 498 0001", PHONE),
        ("020 7946 0958", PHONE),
        ("01632 960001", PHONE),
        ("01632 96001", PHONE),
        ("+44 7700 900123", PHONE),
        ("+447700900123", PHONE),
        ("+44 (0)191 498 0001", PHONE),
        ("0044 7700 900123", PHONE),
        ("tel:07700900123", PHONE),
        ("07700\u00a0900123", PHONE),
        ("lives at NE61 2EF", POSTCODE),
        ("SW1A 1AA", POSTCODE),
        ("M1 1AE", POSTCODE),
        ("NE612EF", POSTCODE),
    ],
)
def test_what_identifies_a_person(text: str, found: str) -> None:
    """Numbers, dates of birth, addresses and telephone numbers are noticed in the forms in which people write them."""
    assert identifiers_in(text) == [found]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Working Together 2023 and Keeping Children Safe in Education 2024",
        "section 11 and section 175 audits; sections 42 to 44 of the Care Act 2014",
        "In 2025-26 there were 1,284 referrals, up from 1,107 (16%).",
        "1284 contacts, 10,432 in all; 943 476 of 1,000,000",
        "9434765910 is no valid number and 123 456 7890 neither",
        "Figures for 2021/22, 2022/23 and 2023/24: 412, 389, 401",
        "On 01/04/2026 and 31-03-2027 the board met; again on 2026-11-01.",
        "from 01-04-2026 31-03-2027",
        "01 02 03 04 05 06 07 08 09 10",
        "Q1 12 Q2 15 Q3 9 Q4 11",
        "aged 0-4, 5-9, 10-14 and 15-17",
        "09:00 to 17:00, 0900-1730 on weekdays",
        "cut by 100000 a year; funded at 250000 a year, by 120000 and down",
        "£318,000 and £1.2m; 0.1234567891 of a case",
        "The arrangement was born of need; birth rates fell in 2023.",
        "newborn 01/02/2026 review; unborn 12/03/2026",
        "Rated A1, B2 and C3; KS2 and KS4; level 3; M365; Y9 and Y11",
        "MASA 2023-2026, appendix 2, 1.2b; action 1.2b-K7Q2M",
        "ISBN 978-0-10-543999-1, reference CSPR/2024/0123",
        "Case 2024-0123456789",
        "54.9783° N, 1.6178° W",
        "email the business unit @ the council",
        "ratio 1:10, 3 in 4, 24/7",
        "Ofsted URN 123456, DfE 929/4001",
        "Childline 0800 1111",
        "OFFICIAL-SENSITIVE",
        "https://www.gov.uk/government/publications/working-together-to-safeguard-children--2",
    ],
)
def test_what_identifies_nobody(text: str) -> None:
    """Years, sections, counts, percentages, dates, money and references are left alone."""
    assert identifiers_in(text) == []


def test_several_signs_are_told_once_each() -> None:
    """A text that holds several identifiers, some twice, names each kind once."""
    text = "943 476 5919, 9434765919, sam@example.org, sue@example.org, NE61 2EF"
    assert identifiers_in(text) == [NHS, MAIL, POSTCODE]


@pytest.mark.parametrize(
    "text",
    [
        *(
            piece * (100_000 // len(piece))
            for piece in ("a", "a.", "1", "1 ", "@", "a@", "07", "0 ", "+44", "AB", "(0")
        ),
        *(piece * (100_000 // len(piece)) for piece in ("born ", "born on the ", "1st ", "a@b.c ", "12/", "NE6 ")),
        "born is" + " " * 99_990,
        "a@" + "b" * 99_990,
        "a@b" + ".b" * 49_990,
    ],
    ids=lambda text: text[:12],
)
def test_long_texts_are_read_quickly(text: str) -> None:
    """The longest note, made to be hard to search, takes no noticeable time."""
    began = time.process_time()
    identifiers_in(text)
    assert time.process_time() - began < 1.5
