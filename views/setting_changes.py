"""Changes of an organization's settings as a page shows them, and what is not as it was copied any more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from invoicing.master_data.profiles import Profile
from operations.copying.drift import PartDrift
from storage.books.audit import Recorded
from views.base import View
from views.listed_documents import formats_of

_VALUE_LENGTH_MAX = 120


class ChangedField(View):
    """A field that is another since: its name, and what it was and is; `before` is empty where only one is told."""

    name: str
    before: str
    after: str


class SettingChange(View):
    """Who changed what when (UTC). `part` is the part of the configuration, and `source` whose it was taken from."""

    when: str
    who: str
    act: str
    part: str
    code: str
    source: str
    fields: list[ChangedField]


class DriftShown(View):
    """A part that was copied: from where, when and by whom, and the codes that are another here and at the source;
    `told` says that something of the source is told.
    """

    part: str
    state: str
    source: str
    when: str
    who: str
    here: list[str]
    there: list[str]
    told: bool


def setting_change(one: Recorded, profile: Profile) -> SettingChange:
    detail = one.detail
    return SettingChange(
        when=_moment(one.at, profile),
        who=one.by,
        act=one.act,
        part=str(detail.get("part", "")),
        code=one.subject,
        source=str(detail.get("source", "")),
        fields=_fields(detail),
    )


def _fields(detail: Mapping[str, object]) -> list[ChangedField]:
    changed = detail.get("changed")
    if isinstance(changed, dict):
        pairs = ((name, *pair) for name, pair in changed.items() if len(pair) == 2)
        return [ChangedField(name=name, before=_short(old), after=_short(new)) for name, old, new in pairs]
    return [
        ChangedField(name=name, before="", after=_short(value))
        for name, value in detail.items()
        if name not in ("part", "source", "settings") and isinstance(value, str | int | bool) and value != ""
    ]


def drift_shown(one: PartDrift, profile: Profile) -> DriftShown:
    return DriftShown(
        part=one.part,
        state=one.state.value,
        source=one.source,
        when=_moment(one.recorded_at, profile),
        who=one.recorded_by,
        here=list(one.here),
        there=list(one.there or ()),
        told=one.there is not None,
    )


def _moment(moment: datetime, profile: Profile) -> str:
    return f"{formats_of(profile, profile.currency).date(moment.date())}, {moment:%H:%M} UTC"


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= _VALUE_LENGTH_MAX else f"{text[:_VALUE_LENGTH_MAX]}…"
