"""Document numbers: patterns such as `INV-{YYYY}-{SEQ:5}`, one gapless sequence per series and period."""

from __future__ import annotations

import re
from datetime import date

from invoicing.organizations import Environment
from invoicing.refusals import InvalidInput

SANDBOX_PREFIX = "TEST-"
PATTERN_LENGTH_MAX = 40

_TOKEN = re.compile(r"\{(YYYY|YY|MM|SEQ(?::([1-9]))?)\}")
# Letters and digits of ASCII, in which no two look alike that are not the same, with a single separator between two.
_SOUND = re.compile(r"[A-Za-z0-9]+([/_.\-][A-Za-z0-9]+)*", re.ASCII)


def check_pattern(pattern: str, *, field: str = "pattern") -> str:
    """The pattern itself when it is sound.

    Raises:
        InvalidInput: no or several `{SEQ}`, an unknown token, `{MM}` without a year, or a character that does
            not belong into a number, such as a space; a separator (`/ _ . -`) at an end or beside another, such as in
            `../{SEQ}`; or `TEST-` in front, which is the mark of a sandbox.
    """
    tokens = [match.group(1) for match in _TOKEN.finditer(pattern)]
    sequences = sum(token.startswith("SEQ") for token in tokens)
    # A token gives digits.
    if len(pattern) > PATTERN_LENGTH_MAX or sequences != 1 or not _SOUND.fullmatch(_TOKEN.sub("0", pattern)):
        raise InvalidInput(
            f"{field} must hold {{SEQ}} or {{SEQ:n}} once, may hold {{YYYY}}, {{YY}} and {{MM}}, and otherwise"
            " only the letters A to Z, digits, and single separators / _ . - between them, at neither end"
            f" (at most {PATTERN_LENGTH_MAX} characters), such as INV-{{YYYY}}-{{SEQ:5}}.",
            field=field,
        )
    if pattern.upper().startswith(SANDBOX_PREFIX):
        raise InvalidInput(
            f"{field} must not start with {SANDBOX_PREFIX}, which marks the documents of a sandbox.", field=field
        )
    if "MM" in tokens and not {"YYYY", "YY"} & set(tokens):
        raise InvalidInput(f"{field} holds {{MM}} without a year: numbers would repeat.", field=field)
    return pattern


def period(pattern: str, issue_date: date) -> str:
    """The period whose sequence a document of `issue_date` draws from: `2026`, `2026-03`, or `` for ever."""
    tokens = {match.group(1) for match in _TOKEN.finditer(pattern)}
    if "MM" in tokens:
        return f"{issue_date.year:04d}-{issue_date.month:02d}"
    if {"YYYY", "YY"} & tokens:
        return f"{issue_date.year:04d}"
    return ""


def number(pattern: str, *, sequence: int, issue_date: date, environment: Environment) -> str:
    """The number with `sequence` put into the pattern; `TEST-` goes in front in a sandbox."""

    def fill(match: re.Match[str]) -> str:
        match match.group(1):
            case "YYYY":
                return f"{issue_date.year:04d}"
            case "YY":
                return f"{issue_date.year % 100:02d}"
            case "MM":
                return f"{issue_date.month:02d}"
            case _:
                return f"{sequence:0{match.group(2) or 1}d}"

    prefix = SANDBOX_PREFIX if environment is Environment.SANDBOX else ""
    return prefix + _TOKEN.sub(fill, pattern)


def may_collide(one: str, other: str) -> bool:
    """Whether some number could come of both patterns; numbers are compared without regard to case."""
    return _overlap(_signs(one), _signs(other))


_ANY_DIGIT, _DIGITS = "digit", "digits"


def _signs(pattern: str) -> list[str]:
    """What a number of the pattern is made of: characters, single digits, and any count of digits."""
    signs: list[str] = []
    position = 0
    for match in _TOKEN.finditer(pattern):
        signs.extend(pattern[position : match.start()].upper())
        position = match.end()
        if match.group(1).startswith("SEQ"):
            signs.extend([_ANY_DIGIT] * int(match.group(2) or 1) + [_DIGITS])
        else:
            signs.extend([_ANY_DIGIT] * {"YYYY": 4, "YY": 2, "MM": 2}[match.group(1)])
    return [*signs, *pattern[position:].upper()]


def _overlap(one: list[str], other: list[str]) -> bool:
    reached = {(0, 0)}
    waiting = [(0, 0)]
    while waiting:
        here, there = waiting.pop()
        for step in _steps(one[here : here + 1], other[there : there + 1]):
            place = (here + step[0], there + step[1])
            if place not in reached:
                reached.add(place)
                waiting.append(place)
    return (len(one), len(other)) in reached


def _steps(one: list[str], other: list[str]) -> list[tuple[int, int]]:
    """By how much both can go on: past any count of digits, or past one character that they share."""
    found = [(1, 0)] if one == [_DIGITS] else []
    found += [(0, 1)] if other == [_DIGITS] else []
    if one and other and _shared(one[0], other[0]):
        found.append((one != [_DIGITS], other != [_DIGITS]))
    return found


def _shared(one: str, other: str) -> bool:
    numeric = all(sign in (_ANY_DIGIT, _DIGITS) or sign.isdigit() for sign in (one, other))
    return one == other or (numeric and not (one.isdigit() and other.isdigit()))
