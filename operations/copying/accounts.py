"""Copying the chart of accounts, and the profiles that post to it, which are translated by account number."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from sqlmodel import Session

from invoicing.master_data.layers import TransactionProfile
from invoicing.master_data.records import Account, Posting
from invoicing.refusals import Conflict
from operations.copying.part import Configuration, CopiedPart, Translated, Values
from operations.layer_outcomes import Layer, Untranslated
from storage.books import chart, transaction_types
from storage.books.series import load_series
from storage.books.setup import add_accounts, add_postings, add_transaction_types

ACCOUNTS_NAME, POSTINGS_NAME, TYPES_NAME = "accounts", "posting_profiles", "transaction_types"


@dataclass(frozen=True, slots=True)
class NamedPosting:
    """A posting profile by its name."""

    name: str
    posting: Posting


def accounts_by_number(configuration: Configuration) -> dict[str, Account]:
    return {account.number: account for account in configuration.parts.get(ACCOUNTS_NAME, ())}


def _load_postings(db: Session) -> Values:
    return tuple(NamedPosting(name, posting) for name, posting in chart.postings(db).items())


def _load_types(db: Session) -> Values:
    return tuple(
        TransactionProfile(one.name, one.kind, one.posting_profile) for one in transaction_types.load_types(db)
    )


def _add_types(db: Session, values: Values) -> None:
    series = {one.kind.value: one.code for one in reversed(load_series(db))}
    add_transaction_types(db, [(one, series[one.kind]) for one in values])


def _check_account(db: Session, value: Account, here: Account | None, target: Configuration) -> None:
    if here is None or value == here:
        return
    if value.type != here.type:
        raise Conflict(f"it is of type {here.type} here, not {value.type}.")
    in_use = [use for use in chart.uses_of_account(db, here.number) if use != chart.POSTED]
    if here.active and not value.active and in_use:
        raise Conflict(f"it is in use by {', '.join(in_use[:3])}.")


def _translate_postings(values: Values, source: Configuration, target: Configuration) -> Translated:
    """By account number: an account of the same number is the same where its type is, too, and nothing is guessed."""
    theirs, here = accounts_by_number(source), accounts_by_number(target)
    fitting, untranslated = [], []
    for value in values:
        if because := _why_not(value.posting, theirs, here):
            untranslated.append(Untranslated(POSTINGS_NAME, value.name, because))
        else:
            fitting.append(value)
    return Translated(tuple(fitting), tuple(untranslated))


def _why_not(posting: Posting, theirs: dict[str, Account], here: dict[str, Account]) -> str:
    missing = sorted(number for number in posting.accounts if number not in here)
    known = [number for number in sorted(posting.accounts) if number in here]
    others = [
        f"{number} is of type {here[number].type}, not {theirs[number].type}"
        for number in known
        if number in theirs and theirs[number].type != here[number].type
    ]
    idle = [number for number in known if not here[number].active]
    said = [
        *([f"the chart has no account {', '.join(missing)}"] if missing else []),
        *others,
        *([f"{', '.join(idle)} not in use"] if idle else []),
    ]
    return "; ".join(said)


def _fill_postings(translated: Translated, usual: Values, target: Configuration) -> Values:
    """Where a profile did not fit, the usual ones stand beside the others, so that each kind of document has one."""
    names = {value.name for value in translated.values}
    if translated.values and not translated.untranslated:
        return translated.values
    return (*translated.values, *(value for value in usual if value.name not in names))


def _translate_types(values: Values, source: Configuration, target: Configuration) -> Translated:
    profiles = {value.name for value in target.parts.get(POSTINGS_NAME, ())}
    known = {(one.name, one.kind) for one in target.parts.get(TYPES_NAME, ())}
    fitting, untranslated = [], []
    for value in values:
        because = ""
        if known and (value.name, value.kind) not in known:
            because = f"there is no transaction type of this name for {value.kind.replace('_', ' ')}s"
        elif value.posting_profile not in profiles:
            because = f"its posting profile {value.posting_profile} is not there"
        if because:
            untranslated.append(Untranslated(TYPES_NAME, value.name, because))
        else:
            fitting.append(value)
    return Translated(tuple(fitting), tuple(untranslated))


def _fill_types(translated: Translated, usual: Values, target: Configuration) -> Values:
    """Documents of each kind need a type, whose posting profile is there."""
    kinds = {value.kind for value in translated.values}
    profiles = [one.name for one in target.parts[POSTINGS_NAME]]
    missing = (one for one in usual if one.kind not in kinds)
    return (
        *translated.values,
        *(one if one.posting_profile in profiles else replace(one, posting_profile=profiles[0]) for one in missing),
    )


def _put_type(db: Session, value: TransactionProfile) -> None:
    series = next(
        one.series for one in transaction_types.load_types(db) if (one.name, one.kind) == (value.name, value.kind)
    )
    changed = transaction_types.TransactionType(value.name, value.kind, series, value.posting_profile)
    transaction_types.change_type(db, changed)


def _shown_posting(value: NamedPosting) -> dict[str, str]:
    return {field.name: getattr(value.posting, field.name) or "" for field in fields(Posting)}


ACCOUNTS = CopiedPart(
    name=ACCOUNTS_NAME,
    noun="account",
    layer=Layer.ORGANIZATION,
    of_chart=True,
    load=lambda db: tuple(chart.accounts(db)),
    add=add_accounts,
    key=lambda value: str(value.number),
    shown=lambda value: {"name": value.name, "type": value.type, "active": str(value.active).lower()},
    check=_check_account,
    put=chart.save_account,
)
POSTING_PROFILES = CopiedPart(
    name=POSTINGS_NAME,
    noun="posting profile",
    layer=Layer.ENTITY,
    of_chart=True,
    load=_load_postings,
    add=lambda db, values: add_postings(db, {value.name: value.posting for value in values}),
    key=lambda value: str(value.name),
    shown=_shown_posting,
    translate=_translate_postings,
    fill=_fill_postings,
    put=lambda db, value: chart.save_posting(db, value.name, value.posting),
)
TRANSACTION_TYPES = CopiedPart(
    name=TYPES_NAME,
    noun="transaction type",
    layer=Layer.ENTITY,
    load=_load_types,
    add=_add_types,
    key=lambda value: f"{value.name} ({value.kind})",
    shown=lambda value: {"kind": value.kind, "posting_profile": value.posting_profile},
    translate=_translate_types,
    fill=_fill_types,
    put=_put_type,
)
