"""What the overview's address asks for: all of it stands there, so that a link shows another the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import QueryParams

from invoicing.organizations import Environment
from operations.attention import OVERDUE_DAYS
from operations.clients_at_a_glance import ORDERS, WORST, Asked, Column, State

Choice = TypeVar("Choice", bound=StrEnum)

WORDS_MAX = 200
_DAYS_MAX = 3_650
DEFAULT_COLUMNS = (Column.STATE, Column.OPEN, Column.OVERDUE, Column.THIS_YEAR, Column.DRAFTS, Column.LAST_ACTIVITY)


@dataclass(frozen=True, slots=True)
class Overview:
    """What is shown: which clients with which columns, from which on, and which matters. `skip` of them stand before
    those that are shown. `view` is the saved view whose tab this is.
    """

    asked: Asked = field(default_factory=Asked)
    columns: tuple[Column, ...] = DEFAULT_COLUMNS
    overdue_days: int = OVERDUE_DAYS
    skip: int = 0
    start: int = 0
    view: str = ""

    def query(self, **changed: str) -> str:
        """The address's part after its question mark; what is as always is left out. Another list begins at its start,
        and is that of no saved view.
        """
        return urlencode(self._pairs(changed))

    def list_query(self) -> str:
        """What of it a saved view keeps: the list alone."""
        return urlencode(self.list_pairs())

    def list_pairs(self) -> list[tuple[str, str]]:
        """The same as the fields of a form."""
        return [(name, value) for name, value in self._pairs({}) if name != "days"]

    @property
    def days(self) -> str:
        """For how many days something is overdue that is told, where that is not as always."""
        return "" if self.overdue_days == OVERDUE_DAYS else f"{self.overdue_days}"

    def _pairs(self, changed: dict[str, str]) -> list[tuple[str, str]]:
        order = ("-" if self.asked.downwards else "") + self.asked.order
        said = {
            "q": self.asked.query,
            "state": self.asked.state.value,
            "environment": self.asked.environment,
            "sort": "" if order == WORST else order,
            "days": self.days,
        } | changed
        columns = () if self.columns == DEFAULT_COLUMNS else self.columns
        return [*((name, value) for name, value in said.items() if value), *(("column", one.value) for one in columns)]


def overview_of(params: QueryParams) -> Overview:
    """What these parameters ask for; what is nothing of the kind is passed over."""
    order = params.get("sort", "")
    return Overview(
        asked=Asked(
            query=params.get("q", "").strip()[:WORDS_MAX],
            state=_one_of(State, params.get("state", "")) or State.ALL,
            environment=(_one_of(Environment, params.get("environment", "")) or ""),
            order=order.removeprefix("-") if order.removeprefix("-") in ORDERS else WORST,
            downwards=order.startswith("-") and order.removeprefix("-") in ORDERS,
        ),
        columns=_columns(params.getlist("column")),
        overdue_days=_number(params.get("days", ""), OVERDUE_DAYS, _DAYS_MAX),
        skip=_number(params.get("skip", ""), 0, 1_000_000),
        start=_number(params.get("start", ""), 0, 1_000_000),
        view=params.get("view", "")[:WORDS_MAX],
    )


def kept_query(text: str) -> str:
    """The same of a list as a form brought it: only what an address of this page can ask for is kept."""
    return overview_of(QueryParams(parse_qsl(text))).list_query()


def _columns(names: Sequence[str]) -> tuple[Column, ...]:
    chosen = {one for name in names if (one := _one_of(Column, name))}
    # In their own order, whatever the form's was.
    return tuple(one for one in Column if one in chosen) or DEFAULT_COLUMNS


def _one_of(kind: type[Choice], text: str) -> Choice | None:
    return next((one for one in kind if one.value == text), None)


def _number(text: str, usual: int, most: int) -> int:
    # What is a digit elsewhere is none in an address.
    return min(int(text), most) if text.isascii() and text.isdigit() and len(text) <= 7 else usual
