"""Charts as pages draw them: where each bar stands, what it comes to and what is beside it. No words of their own.

A chart is as wide as its place: what lies across is said in per cent, what lies upwards in pixels, and so its writing
keeps its size on a phone. The same figures stand in a table beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_compact_decimal

from invoicing.money.amounts import minor_digits, to_major
from invoicing.render.formats import Formats
from views.base import View

HEIGHT = 168
"""The pixels from the lowest to the highest line of a bar chart."""
_ABOVE, _BELOW = 16, 34
_STEPS_MAX = 4
_LETTER = 7
"""Pixels that a figure of the axis takes, with something to spare."""
_HUNDRED = 10_000
"""A hundred per cent in hundredths."""


@dataclass(frozen=True, slots=True)
class Point:
    """A bar: `label` is short and `below` stands under it, `said` is the whole of it, and `minor` what it comes to.
    `address` is where its rows are.
    """

    label: str
    said: str
    minor: int
    below: str = ""
    address: str = ""


class Bar(View):
    """`left`, `width` and `middle` are per cent, `top` and `height` pixels; `down` says that it is less than zero."""

    label: str
    below: str
    said: str
    amount: str
    address: str
    left: str
    width: str
    middle: str
    top: int
    height: int
    down: bool


class Line(View):
    """A line across, with what it stands for."""

    top: int
    text: str
    zero: bool


class BarChart(View):
    """`axis` is how many pixels the figures beside take, `said` all of it as a text, and `empty` that all is zero."""

    key: str
    title: str
    currency: str
    said: str
    height: int
    foot: int
    axis: int
    lines: list[Line]
    bars: list[Bar]
    empty: bool


class Share(View):
    """A part of a strip, from the left, with its share of the whole; `step` tells its shade, from 0 on."""

    label: str
    amount: str
    share: str
    address: str
    left: str
    width: str
    step: int


class Strip(View):
    """A whole, cut into its parts in their order; `empty` where it comes to nothing."""

    key: str
    title: str
    currency: str
    said: str
    total: str
    parts: list[Share]
    empty: bool


def bar_chart(points: Sequence[Point], formats: Formats, *, key: str, title: str) -> BarChart:
    """The points as bars beside one another; `key` tells it from the other charts of its page."""
    lowest, highest = min((0, *(one.minor for one in points))), max((0, *(one.minor for one in points)))
    step = _step(highest - lowest, formats.currency)
    first, last = lowest // step, -(-highest // step)
    bottom, top = first * step, max(last, first + 1) * step
    zero = _ABOVE + HEIGHT * top // (top - bottom)
    lines = [
        Line(
            top=_ABOVE + HEIGHT * (top - minor) // (top - bottom),
            text=_short(minor, formats),
            zero=minor == 0,
        )
        for minor in range(top, bottom - 1, -step)
    ]
    room = _HUNDRED // max(len(points), 1)
    bars = [_bar(one, index * room, room, zero, top - bottom, formats) for index, one in enumerate(points)]
    return BarChart(
        key=key,
        title=title,
        currency=formats.currency,
        said="; ".join(f"{one.said}: {one.amount}" for one in bars),
        height=_ABOVE + HEIGHT + _BELOW,
        foot=_ABOVE + HEIGHT + _BELOW // 2,
        axis=_LETTER * max(len(one.text) for one in lines) + 8,
        lines=lines,
        bars=bars,
        empty=not any(one.minor for one in points),
    )


def month_points(
    totals: Mapping[str, int], last: date, formats: Formats, *, count: int = 12, address: str = ""
) -> list[Point]:
    """So many months up to that of a day, each with what it comes to by its name (2026-03); `address` is that of the
    rows of a month, whose name is put at its end.
    """
    points: list[Point] = []
    for back in range(count - 1, -1, -1):
        year, month = divmod(last.year * 12 + last.month - 1 - back, 12)
        day, name = date(year, month + 1, 1), f"{year:04}-{month + 1:02}"
        points.append(
            Point(
                label=format_date(day, "LLL", locale=formats.locale).rstrip("."),
                said=format_date(day, "LLLL y", locale=formats.locale),
                minor=totals.get(name, 0),
                below=str(year) if not points or month == 0 else "",
                address=f"{address}{name}" if address else "",
            )
        )
    return points


def strip(points: Sequence[Point], formats: Formats, *, key: str, title: str) -> Strip:
    """A whole of parts that are not less than zero, as one bar from the left to the right."""
    total = sum(one.minor for one in points)
    parts, before = [], 0
    for step, one in enumerate(points):
        left = _HUNDRED * before // total if total else 0
        before += one.minor
        right = _HUNDRED * before // total if total else 0
        parts.append(
            Share(
                label=one.label,
                amount=formats.amount(one.minor),
                share=_share(one.minor, total, formats),
                address=one.address,
                left=_per_cent(left),
                width=_per_cent(right - left),
                step=step,
            )
        )
    return Strip(
        key=key,
        title=title,
        currency=formats.currency,
        said="; ".join(f"{one.label}: {one.amount} ({one.share})" for one in parts),
        total=formats.amount(total),
        parts=parts,
        empty=not total,
    )


def part_of(minor: int, whole_minor: int) -> str:
    """How wide a bar is that stands for a part of a whole, in per cent; nothing where there is no such part."""
    if whole_minor <= 0 or minor <= 0:
        return "0%"
    return _per_cent(min(_HUNDRED * minor // whole_minor, _HUNDRED))


def _bar(one: Point, left: int, room: int, zero: int, extent_minor: int, formats: Formats) -> Bar:
    height = HEIGHT * abs(one.minor) // extent_minor
    # What is not nothing is seen.
    height = max(height, 1) if one.minor else 0
    return Bar(
        label=one.label,
        below=one.below,
        said=one.said,
        amount=formats.amount(one.minor),
        address=one.address,
        left=_per_cent(left + room // 5),
        width=_per_cent(room * 3 // 5),
        middle=_per_cent(left + room // 2),
        top=zero if one.minor < 0 else zero - height,
        height=height,
        down=one.minor < 0,
    )


def _step(extent_minor: int, currency: str) -> int:
    """The distance of the lines in minor units: 1, 2 or 5 with noughts, so that there are few of them."""
    step: int = 10 ** minor_digits(currency)
    while True:
        for of in (1, 2, 5):
            if of * step * _STEPS_MAX >= extent_minor:
                return of * step
        step *= 10


def _short(minor: int, formats: Formats) -> str:
    """A round amount as an axis has it: 20K."""
    return str(format_compact_decimal(to_major(minor, formats.currency), locale=formats.figures, fraction_digits=1))


def _share(minor: int, total_minor: int, formats: Formats) -> str:
    hundredths = (100 * minor + total_minor // 2) // total_minor if total_minor else 0
    return formats.percent(Decimal(hundredths))


def _per_cent(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02}%"
