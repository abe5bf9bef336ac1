"""Parts of the configuration as they are shown, and who changed them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from operations.configuration.entries import Described, Entry
from operations.copying.drift import PartDrift
from storage.books.audit import Recorded
from views.base import View

_VALUE_LENGTH_MAX = 120
_CODES_TOLD_MAX = 10


class EntryAnswer(View):
    """An entry of a part: its values by field, as a change takes them back."""

    code: str
    active: bool
    values: dict[str, str]


def entry_answer(entry: Entry) -> EntryAnswer:
    return EntryAnswer(code=entry.code, active=entry.active, values=dict(entry.values))


def entry_lines(entry: EntryAnswer) -> list[str]:
    """`- 1100: name=Trade receivables, type=asset`; empty values are left out, and one of several lines stands below,
    each of its lines marked, so that none passes for a line of the answer.
    """
    short = ", ".join(f"{name}={value}" for name, value in entry.values.items() if value and not _is_long(value))
    lines = [f"- {entry.code}{'' if entry.active else ' (not in use)'}{f': {short}' if short else ''}"]
    for name, value in entry.values.items():
        if _is_long(value):
            lines += [f"  {name}:", *(f"  | {line}" for line in value.splitlines())]
    return lines


def _is_long(value: str) -> bool:
    return len(value.splitlines()) > 1


def fields_line(part: Described) -> str:
    """What a change of the part can set."""
    told = "; ".join(f"{name} ({meaning})" for name, meaning in part.fields.items())
    withdrawing = f" withdraw: {part.withdrawing}." if part.withdrawing else ""
    return f"Values: {told or 'none'}.{withdrawing}"


def history_answer(one: Recorded) -> EntryAnswer:
    """A change of the configuration: what it was of, who made it when, and what it changed from and to."""
    values = {"at": one.at.isoformat(timespec="minutes"), "by": one.by, "act": one.act}
    return EntryAnswer(code=one.subject, active=True, values=values | _changes(one.detail))


def drift_answer(one: PartDrift) -> EntryAnswer:
    """A part as it was copied, and what is another since: here, and at its source as far as that is told."""
    values = {"state": one.state.value, "source": one.source, "at": one.recorded_at.isoformat(timespec="minutes")}
    values |= {"by": one.recorded_by, "here": _codes(one.here)}
    there = "not told" if one.there is None else _codes(one.there)
    return EntryAnswer(code=one.part, active=True, values={**values, "at_source": there})


def _codes(codes: Sequence[str]) -> str:
    first, more = codes[:_CODES_TOLD_MAX], len(codes) - _CODES_TOLD_MAX
    return ", ".join([*first, *([f"{more} more"] if more > 0 else [])])


def _changes(detail: Mapping[str, object]) -> dict[str, str]:
    part = {name: str(detail[name]) for name in ("part", "source") if name in detail}
    changed = detail.get("changed")
    if isinstance(changed, dict):
        return part | {name: " -> ".join(_short(value) for value in pair) for name, pair in changed.items()}
    return part | {
        name: _short(value) for name, value in detail.items() if isinstance(value, str | int | bool) and value != ""
    }


def _short(value: object) -> str:
    text = str(value) or "(nothing)"
    return text if len(text) <= _VALUE_LENGTH_MAX else f"{text[:_VALUE_LENGTH_MAX]}..."
