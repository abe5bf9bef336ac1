"""A part of the configuration as it is copied: plain values by key, which are read, translated, added and changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from typing import Any

from sqlmodel import Session

from invoicing.charts import is_national
from invoicing.document.canonical import canonical_json
from invoicing.master_data.profiles import Profile
from operations.layer_outcomes import Layer, Untranslated

Values = tuple[Any, ...]

_DIGEST_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Configuration:
    """What an organization, by its handle, has that can be copied: its profile, and the values of each part by the
    part's name.
    """

    handle: str
    profile: Profile
    parts: Mapping[str, Values]


@dataclass(frozen=True, slots=True)
class Translated:
    """Values as they fit another organization, and what does not."""

    values: Values
    untranslated: tuple[Untranslated, ...] = ()


def _as_they_are(values: Values, source: Configuration, target: Configuration) -> Translated:
    return Translated(values)


def _nothing_added(translated: Translated, usual: Values, target: Configuration) -> Values:
    return translated.values


def _the_sources(value: Any, here: Any | None) -> Any:
    return value


def _all_of_it(value: Any) -> Any:
    return value


def _anything(db: Session, value: Any, here: Any | None, target: Configuration) -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiedPart:
    """One part. `load` reads its values, `add` writes them into books that have none, `key` says which is which, and
    `shown` what each is in words, by field.

    `translate` makes values of a source fit a target, of which the parts before this one are known; `fill` completes
    them by the usual ones, so that the target works. One that is `of_country` does not go abroad; one that is
    `of_chart` is not pushed where the chart is another (`another_chart`); one that is `practices_own` comes from the
    practice whatever is the model for the rest; one that is `of_models` is copied only where another organization is
    the model of the whole layer.

    `put` keeps a value, new or changed, in books that are in use, for which `kept_here` says what of it stays as it is
    there (`common` is a value without that: what is compared to tell drift), and `check` refuses what does not fit;
    without `put` the part is not pushed.
    """

    name: str
    noun: str
    layer: Layer
    load: Callable[[Session], Values]
    add: Callable[[Session, Values], None]
    key: Callable[[Any], str]
    shown: Callable[[Any], Mapping[str, str]]
    of_country: bool = False
    of_chart: bool = False
    practices_own: bool = False
    of_models: bool = False
    translate: Callable[[Values, Configuration, Configuration], Translated] = _as_they_are
    fill: Callable[[Translated, Values, Configuration], Values] = _nothing_added
    kept_here: Callable[[Any, Any | None], Any] = _the_sources
    common: Callable[[Any], Any] = _all_of_it
    check: Callable[[Session, Any, Any | None, Configuration], None] = _anything
    put: Callable[[Session, Any], None] | None = None

    def by_key(self, values: Values) -> dict[str, Any]:
        return {self.key(value): value for value in values}

    def changes(self, before: Any | None, value: Any) -> dict[str, tuple[str, str]]:
        """Each field that is another in `value`, with what it was; `before` is None where there was nothing."""
        old, new = self.shown(before) if before is not None else {}, self.shown(value)
        names = [*new, *(name for name in old if name not in new)]
        return {
            name: (old.get(name, ""), new.get(name, "")) for name in names if old.get(name, "") != new.get(name, "")
        }

    def digest(self, value: Any) -> str:
        """A digest of an entry, by which it is told whether it is another than it was."""
        return digest(self.common(value))


def changes_on_record(changed: Iterable[tuple[str, str, Mapping[str, tuple[str, str]]]]) -> dict[str, list[str]]:
    """Changed fields, each by part, code and name, with what it was and is, as the audit trail keeps them."""
    return {f"{part} {code} {name}": list(pair) for part, code, fields in changed for name, pair in fields.items()}


def another_chart(source: Profile, target: Profile) -> str:
    """Why account numbers of the source say nothing at the target: they are of different charts, of which one is a
    country's own. Empty where they do.
    """
    theirs, here = source.chart_of_accounts, target.chart_of_accounts
    differ = theirs != here and (is_national(theirs) or is_national(here))
    return f"the chart of accounts is {here}, not {theirs}" if differ else ""


def digest(value: object) -> str:
    """A digest of a value, or of a tuple of them. What has its default is left out of it: a field that a later release
    adds does not change it.
    """
    return hashlib.sha256(canonical_json(_stated(value)).encode()).hexdigest()[:_DIGEST_LENGTH]


def _stated(value: Any) -> Any:
    if is_dataclass(value):
        found = ((field.name, getattr(value, field.name), _default(field)) for field in fields(value))
        # Of a class that says nothing, its name is all there is to say.
        return {name: _stated(one) for name, one, default in found if one != default} or type(value).__name__
    if isinstance(value, tuple | list):
        return [_stated(one) for one in value]
    return hashlib.sha256(value).hexdigest() if isinstance(value, bytes) else value


def _default(field: Field[Any]) -> Any:
    return field.default_factory() if field.default_factory is not MISSING else field.default
