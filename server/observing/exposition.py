"""Numbers as text, in the form in which Prometheus reads them (text format 0.0.4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate

from server.observing.numbers import BOUNDS_SECONDS, Durations, Labels

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Values:
    """One number for each combination of labels: a counter, which never falls, or a gauge."""

    name: str
    about: str
    kind: str
    labels: Labels
    rows: Mapping[Labels, int | float]


@dataclass(frozen=True, slots=True)
class Histogram:
    """Durations in seconds for each combination of labels."""

    name: str
    about: str
    labels: Labels
    rows: Durations


Family = Values | Histogram


def gauge(name: str, about: str, value: float) -> Values:
    """A number without labels."""
    return Values(name, about, "gauge", (), {(): value})


def text_of(families: Iterable[Family], *, process: str) -> str:
    """All of them, each value with the process whose it is."""
    return "".join(f"{line}\n" for one in families for line in _lines(one, process))


def _lines(family: Family, process: str) -> Iterator[str]:
    kind = "histogram" if isinstance(family, Histogram) else family.kind
    yield f"# HELP {family.name} {family.about}"
    yield f"# TYPE {family.name} {kind}"
    names = (*family.labels, "process")
    # What came first is listed first: so the order stays.
    if isinstance(family, Values):
        for labels, value in list(family.rows.items()):
            yield f"{family.name}{_named(names, (*labels, process))} {_number(value)}"
        return
    for labels, row in list(family.rows.items()):
        given = (*labels, process)
        upper = [*(_number(one) for one in BOUNDS_SECONDS), "+Inf"]
        for bound, count in zip(upper, accumulate(row.counts), strict=True):
            yield f"{family.name}_bucket{_named((*names, 'le'), (*given, bound))} {count}"
        yield f"{family.name}_sum{_named(names, given)} {_number(row.seconds)}"
        yield f"{family.name}_count{_named(names, given)} {sum(row.counts)}"


def _named(names: Labels, values: Labels) -> str:
    pairs = (f'{name}="{_escaped(value)}"' for name, value in zip(names, values, strict=True))
    return "{" + ",".join(pairs) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _number(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")
