"""Copying what taxes an organization: tax codes, withholdings, authorities and jurisdictions. All of it is of one
country, whose people alone may have it.
"""

from __future__ import annotations

from dataclasses import replace

from sqlmodel import Session

from invoicing.master_data.records import KnownJurisdiction, TaxCode
from invoicing.master_data.registration import UNTAXED, rules_of
from invoicing.refusals import Conflict
from invoicing.tax.jurisdictions import following, is_part
from operations.configuration.jurisdictions import rates_text
from operations.configuration.taxes import code_entry
from operations.copying.accounts import accounts_by_number
from operations.copying.part import Configuration, CopiedPart, Translated, Values, another_chart
from operations.layer_outcomes import Layer, Untranslated
from operations.registration import code_of_registration
from storage.books import authorities
from storage.books.jurisdictions import add_jurisdictions, load_jurisdictions, save_jurisdiction
from storage.books.tax_codes import (
    add_tax_codes,
    add_withholdings,
    change_tax_code,
    items_with_tax_code,
    load_tax_codes,
    load_withholdings,
    save_withholding,
)

CODES_NAME, JURISDICTIONS_NAME = "tax_codes", "jurisdictions"


def _translate_codes(values: Values, source: Configuration, target: Configuration) -> Translated:
    """A revenue account that is not there is left to the posting profile. That the source itself charges no tax says
    nothing of the target: its code for that is not the default there.
    """
    here, foreign = accounts_by_number(target), another_chart(source.profile, target.profile)
    own = rules_of(source.profile) if source.profile.vat_registration in UNTAXED else None
    fitting, untranslated = [], []
    for value in values:
        fits, account = value, here.get(value.revenue_account)
        if value.revenue_account and (foreign or account is None or account.type != "income"):
            why = foreign or f"the chart has no income account {value.revenue_account}"
            because = f"{why}: its lines post as the profile says"
            untranslated.append(Untranslated(CODES_NAME, value.code, because))
            fits = replace(fits, revenue_account="")
        if own is not None and value.is_default and value.code == own.code:
            because = "it is not the default: what the source is for VAT is its own"
            untranslated.append(Untranslated(CODES_NAME, value.code, because))
            fits = replace(fits, is_default=False)
        fitting.append(fits)
    return Translated(tuple(fitting), tuple(untranslated))


def _fill_codes(translated: Translated, usual: Values, target: Configuration) -> Values:
    """Exactly one code is the default, and in use: the usual one where none is."""
    codes = translated.values
    if any(code.is_default and code.active for code in codes):
        return codes
    default = next(code for code in usual if code.is_default)
    if all(code.code != default.code for code in codes):
        codes = (*codes, default)
    return tuple(
        replace(code, is_default=True, active=True) if code.code == default.code else replace(code, is_default=False)
        for code in codes
    )


def default_code_note(codes: Values, theirs: Values, source: str) -> str:
    """Which code is the default where it is not the source's default."""
    here = next((code for code in codes if code.is_default), None)
    there = {code.code: code for code in theirs}.get(here.code) if here else None
    if here is None or (there is not None and there.is_default and there.active):
        return ""
    again = f", taken into use again: {source} has it out of use" if there is not None and not there.active else ""
    return f"The default tax code is {here.code}{again}."


def _code_kept_here(value: TaxCode, here: TaxCode | None) -> TaxCode:
    """Which code is the default, and what its lines post to, each organization says for itself."""
    if here is None:
        return replace(value, is_default=False)
    return replace(value, is_default=here.is_default, revenue_account=here.revenue_account)


def _common_to_codes(value: TaxCode) -> TaxCode:
    return replace(value, is_default=False, revenue_account="")


def _check_code(db: Session, value: TaxCode, here: TaxCode | None, target: Configuration) -> None:
    if here is not None and here.active and not value.active:
        if here.is_default:
            raise Conflict("it is the default here.")
        if items := items_with_tax_code(db, value.code):
            raise Conflict(f"it is in use by {', '.join(f'the item {name}' for name in items)}.")
        if value.code == code_of_registration(db):
            raise Conflict("it says why this organization charges no tax.")
    known: tuple[KnownJurisdiction, ...] = target.parts.get(JURISDICTIONS_NAME, ())
    for part in value.jurisdictions:
        found = next((one for one in known if is_part(part, one)), None)
        if found is None or following(value, found, part.rates[0].valid_from) != value:
            raise Conflict(f"the jurisdiction {part.level.value} {part.name} is not there as it is at the source.")


def _put_code(db: Session, value: TaxCode) -> None:
    if any(code.code == value.code for code in load_tax_codes(db)):
        change_tax_code(db, value)
    else:
        add_tax_codes(db, [value])


def _translate_jurisdictions(values: Values, source: Configuration, target: Configuration) -> Translated:
    names = {name for name, _ in target.parts.get("tax_authorities", ())}
    fitting, untranslated = [], []
    for value in values:
        if value.authority and value.authority not in names:
            because = f"there is no tax authority {value.authority}: nobody is paid"
            untranslated.append(Untranslated(JURISDICTIONS_NAME, value.code, because))
        fitting.append(value if value.authority in names else replace(value, authority=""))
    return Translated(tuple(fitting), tuple(untranslated))


def _check_jurisdiction(
    db: Session, value: KnownJurisdiction, here: KnownJurisdiction | None, target: Configuration
) -> None:
    if here is not None and (value.level, value.kind, value.name) != (here.level, here.kind, here.name):
        raise Conflict(f"it is {here.level} {here.name} here.")
    for other in target.parts.get(JURISDICTIONS_NAME, ()):
        if other.code != value.code and (other.kind, other.level, other.name) == (value.kind, value.level, value.name):
            raise Conflict(f"{other.code} is this jurisdiction already.")


def _put_jurisdiction(db: Session, value: KnownJurisdiction) -> None:
    """What it takes from a day on, every stack takes that has it."""
    before = next((one for one in load_jurisdictions(db) if one.code == value.code), None)
    save_jurisdiction(db, value)
    known = set(before.rates) if before else set()
    if not (new := [rate.valid_from for rate in value.rates if rate not in known]):
        return
    for code in load_tax_codes(db):
        if any(is_part(part, value) for part in code.jurisdictions):
            change_tax_code(db, following(code, value, min(new)))


TAX_AUTHORITIES = CopiedPart(
    name="tax_authorities",
    noun="tax authority",
    layer=Layer.ORGANIZATION,
    of_country=True,
    load=lambda db: tuple(authorities.load_authorities(db)),
    add=authorities.add_authorities,
    key=lambda value: str(value[0]),
    shown=lambda value: {"country": value[1]},
    put=lambda db, value: authorities.save_authority(db, *value),
)
JURISDICTIONS = CopiedPart(
    name=JURISDICTIONS_NAME,
    noun="jurisdiction",
    layer=Layer.ORGANIZATION,
    of_country=True,
    load=lambda db: tuple(load_jurisdictions(db)),
    add=add_jurisdictions,
    key=lambda value: str(value.code),
    shown=lambda value: {
        "name": value.name,
        "level": value.level,
        "kind": value.kind.value,
        "authority": value.authority,
        "rates": rates_text(value.rates),
        "active": str(value.active).lower(),
    },
    translate=_translate_jurisdictions,
    check=_check_jurisdiction,
    put=_put_jurisdiction,
)
TAX_CODES = CopiedPart(
    name=CODES_NAME,
    noun="tax code",
    layer=Layer.ORGANIZATION,
    of_country=True,
    load=lambda db: tuple(load_tax_codes(db)),
    add=add_tax_codes,
    key=lambda value: str(value.code),
    shown=lambda value: {**code_entry(value).values, "active": str(value.active).lower()},
    translate=_translate_codes,
    fill=_fill_codes,
    kept_here=_code_kept_here,
    common=_common_to_codes,
    check=_check_code,
    put=_put_code,
)
WITHHOLDINGS = CopiedPart(
    name="withholdings",
    noun="withholding",
    layer=Layer.ORGANIZATION,
    of_country=True,
    load=lambda db: tuple(load_withholdings(db)),
    add=add_withholdings,
    key=lambda value: str(value.code),
    shown=lambda value: {
        "name": value.name,
        "label": value.label,
        "article": value.article,
        "rates": rates_text(value.rates),
    },
    put=save_withholding,
)
