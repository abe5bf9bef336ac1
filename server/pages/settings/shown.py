"""How a part of the configuration and its fields are shown on a page. All texts here are words for `gettext`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Control(StrEnum):
    """With what a field is filled in. What is `shown` cannot be changed, and what is `once` only said of a new one."""

    LINE = "line"
    AREA = "area"
    TALL = "tall"
    YES = "yes"
    DAY = "day"
    CHOICE = "choice"
    SHOWN = "shown"


@dataclass(frozen=True, slots=True)
class Shown:
    """A field: what it is called, what is to be known of it, and what there is to choose from, each with its words. An
    account is chosen where `accounts` names the types that it may be of.
    """

    label: str
    hint: str = ""
    control: Control = Control.LINE
    choices: Sequence[tuple[str, str]] = ()
    once: bool = False
    accounts: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Described:
    """A part: its title, what it is for, what one of its entries and its code are called, the fields that its list
    shows, and what taking an entry out of use means. Where `adds` is false there are only the entries that there are.
    """

    title: str
    about: str
    one: str
    code: str
    columns: Sequence[str]
    fields: Mapping[str, Shown]
    new: str = ""
    code_hint: str = ""
    withdraw: str = ""
    withdrawing: str = ""

    @property
    def adds(self) -> bool:
        return self.new != ""
