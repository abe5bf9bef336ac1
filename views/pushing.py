"""What a push did, or would do: clients of which the same is to be told are told together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from operations.pushing.differences import Action, PushedEntry
from operations.pushing.pushing import ClientOutcome, ClientState
from views.base import View
from views.remedies import Words, told

_VALUE_LENGTH_MAX = 80
_BEFORE_LENGTH = 20
_ENTRIES_MAX = 4
_HANDLES_MAX = 3
_LINE_LENGTH_MAX = 400
# How much longer the whole of a page may be than its lines.
_WHOLE_TO_SHORT = 4
PAGE_LENGTH_MAX = 6_000
"""Characters of a page's lines: less than 2,000 tokens with all that is around them."""
_ORDER = (
    ClientState.FAILED,
    ClientState.UNAVAILABLE,
    ClientState.REFUSED,
    ClientState.CHANGED,
    ClientState.UNNAMED,
    ClientState.ARCHIVED,
    ClientState.SAME,
)


class PushedGroup(View):
    """Clients of which the same is to be told: all of them in order, and all entries."""

    state: str
    count: int
    handles: list[str]
    entries: list[str]
    why: str


@dataclass(frozen=True, slots=True)
class _Told:
    state: ClientState
    entries: tuple[str, ...]
    why: str


def pushed_groups(outcomes: Sequence[ClientOutcome], words: Words) -> list[PushedGroup]:
    """All outcomes but those of clients where everything is the same, what failed first."""
    found: dict[_Told, list[str]] = {}
    for outcome in outcomes:
        if outcome.state is not ClientState.SAME:
            why = told(outcome.why, words) if outcome.why else ""
            said = _Told(outcome.state, tuple(_entry_text(entry) for entry in outcome.entries), why)
            found.setdefault(said, []).append(outcome.client.handle)
    in_order = sorted(found.items(), key=lambda one: (_ORDER.index(one[0].state), one[1]))
    return [
        PushedGroup(
            state=said.state.value,
            count=len(handles),
            handles=handles,
            entries=list(said.entries),
            why=said.why,
        )
        for said, handles in in_order
    ]


def states_counted(outcomes: Sequence[ClientOutcome]) -> dict[str, int]:
    """How many clients there are of each state; none of a state that no client is in."""
    counts = {state.value: sum(outcome.state is state for outcome in outcomes) for state in _ORDER}
    return {state: count for state, count in counts.items() if count}


def page_of(groups: Sequence[PushedGroup]) -> list[PushedGroup]:
    """The first of these groups, as many as one answer has room for: at least one."""
    size = 0
    for number, group in enumerate(groups):
        whole = len(_line(group, group.handles, group.entries))
        size += max(len(group_line(group)), whole // _WHOLE_TO_SHORT)
        if number and size > PAGE_LENGTH_MAX:
            return list(groups[:number])
    return list(groups)


def group_lines(page: Sequence[PushedGroup]) -> list[str]:
    """A line for each group: whole, or in short where there is no room for all of them."""
    whole = [_line(group, group.handles, group.entries) for group in page]
    return whole if sum(map(len, whole)) <= PAGE_LENGTH_MAX else [group_line(group) for group in page]


def group_line(group: PushedGroup) -> str:
    """`- a, b, c and 9 more, changed: tax_codes STANDARD updated (rates: 20 -> 21); 3 more entries`."""
    entries = group.entries[:_ENTRIES_MAX]
    if more := len(group.entries) - len(entries):
        entries = [*entries, f"{more} more entries"]
    line = _line(group, group.handles[:_HANDLES_MAX], entries)
    return line if len(line) <= _LINE_LENGTH_MAX else f"{line[:_LINE_LENGTH_MAX]}..."


def _line(group: PushedGroup, handles: Sequence[str], entries: Sequence[str]) -> str:
    more = group.count - len(handles)
    who = ", ".join(handles) + (f" and {more} more" if more else "")
    said = "; ".join([*entries, *([group.why] if group.why else [])])
    return f"- {who}, {group.state}{f': {said}' if said else ''}"


def _entry_text(entry: PushedEntry) -> str:
    name = f"{entry.part} {entry.code}".strip()
    if entry.because:
        return f"{name} {entry.action.value}: {entry.because}"
    if entry.action is Action.ADDED or not entry.changed:
        return f"{name} {entry.action.value}"
    changed = (f"{field}: {' -> '.join(_differing(*pair))}" for field, pair in entry.changed.items())
    return f"{name} {entry.action.value} ({', '.join(changed)})"


def _differing(old: str, new: str) -> tuple[str, str]:
    """Both values, of long ones what differs, from whole word to whole word."""
    if max(len(old), len(new)) <= _VALUE_LENGTH_MAX:
        return _short(old), _short(new)
    begin = _alike(old, new)
    end = _alike(old[begin:][::-1], new[begin:][::-1])
    # What is the same in both before that is there to know the place by.
    begin = max(begin - _BEFORE_LENGTH, 0)
    word = old.rfind(" ", 0, begin) + 1
    begin = word if begin - word <= _BEFORE_LENGTH else begin
    return _part(old, begin, len(old) - end), _part(new, begin, len(new) - end)


def _alike(one: str, other: str) -> int:
    """How many characters the two have in common from their beginning."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (left, right) in pairs if left != right), min(len(one), len(other)))


def _part(value: str, begin: int, end: int) -> str:
    while end < len(value) and not value[end].isspace():
        end += 1
    part = _short(value[begin:end])
    whole = end == len(value) or len(part) > _VALUE_LENGTH_MAX
    return ("..." if begin else "") + part + ("" if whole else "...")


def _short(value: str) -> str:
    text = value.replace("\n", "\\n") or "(nothing)"
    return text if len(text) <= _VALUE_LENGTH_MAX else f"{text[:_VALUE_LENGTH_MAX]}..."
