"""The codes that stand for the ordinary ones where the buyer pays the tax otherwise: split payment, and surcharges.

Both follow from what the buyer is, within one country, and from what the document says; a rate that is charged at home
has a code of its own for each, with a suffix.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from invoicing.countries import DatedRate, country
from invoicing.countries.registration import words_in_force
from invoicing.countries.schemes import SplitPayment, Surcharge
from invoicing.document.documents import JurisdictionLevel, Supply, TaxCategory
from invoicing.document.notices import Notice
from invoicing.document.requested import RequestedDocument
from invoicing.master_data.records import Jurisdiction, TaxCode
from invoicing.refusals import InvalidInput
from invoicing.tax.choice import BuyerFacts, Choice, Rule, SellerFacts

_SPLIT, _SURCHARGED = "-SPLIT", "-RE"
_DEFAULT = "STANDARD"


@dataclass(frozen=True, slots=True)
class Scheme:
    """`codes` stand for the ordinary ones, by the names of these; `added` are ordinary ones that need not be the
    organization's own. Those of `goods_only` stand for goods alone. `caution` is said of supplies after `until`.
    """

    rule: Rule
    because: str
    codes: Mapping[str, TaxCode]
    added: Mapping[str, TaxCode] = field(default_factory=dict)
    goods_only: bool = False
    until: date | None = None
    caution: Notice | None = None

    @property
    def by_name(self) -> dict[str, TaxCode]:
        """All of its codes by their own names."""
        return {**self.added, **{code.code: code for code in self.codes.values()}}

    def applied(self, code: TaxCode, choice: Choice, supply: Supply, day: date) -> tuple[TaxCode, Choice]:
        """The code of a line under the scheme, and why."""
        own = self.codes.get(code.code)
        if own is None or (self.goods_only and supply is not Supply.GOODS) or own.rate_on(day) is None:
            return code, choice
        late = self.caution is not None and self.until is not None and day > self.until
        cautions = (*choice.cautions, *([self.caution] if late and self.caution else []))
        if choice.rule is Rule.OVERRIDDEN:
            return own, replace(choice, category=own.category, cautions=cautions)
        return own, Choice(own.category, self.rule, self.because, cautions)

    def of_adjustment(self, name: str, codes_of_lines: set[str]) -> str:
        """The code of a discount or charge that names an ordinary one."""
        own = self.codes.get(name)
        if own is None or (self.goods_only and own.code not in codes_of_lines):
            return name
        return own.code


def scheme_of(
    request: RequestedDocument, seller: SellerFacts, buyer: BuyerFacts, codes: Mapping[str, TaxCode], *, on: date
) -> Scheme | None:
    """The scheme of a document, if there is one.

    Raises:
        InvalidInput: one is stated that cannot be.
    """
    rules = country(seller.country)
    at_home = seller.registered and seller.country == buyer.country and not buyer.consumer and not seller.territory
    split, surcharge = rules.split_payment, rules.surcharge
    bearable = at_home and not buyer.territory
    if request.surcharge and (surcharge is None or not bearable):
        raise InvalidInput(
            "surcharge: it is for goods that Spanish sellers who charge VAT sell to a retailer at home.",
            field="surcharge",
        )
    if request.split_payment if request.split_payment is not None else (split is not None and buyer.public_body):
        found = (
            _split(split, codes, buyer, on=on) if at_home and not request.withholding and not buyer.consumer else None
        )
        if found is not None:
            return found
        if request.split_payment:
            raise InvalidInput(
                "split_payment: it is for Italian sellers that charge VAT to a business or public body at home, and"
                " never with a withholding.",
                field="split_payment",
            )
    bears = bearable and (buyer.surcharge if request.surcharge is None else request.surcharge)
    return _surcharged(surcharge, codes, buyer) if surcharge is not None and bears else None


def ordinary(name: str) -> str:
    """The name of the code that one of a scheme stands for, or that of any other code."""
    return name.removesuffix(_SPLIT).removesuffix(_SURCHARGED)


def _split(split: SplitPayment | None, codes: Mapping[str, TaxCode], buyer: BuyerFacts, *, on: date) -> Scheme | None:
    if split is None or on < split.valid_from:
        return None
    text = words_in_force(split.texts, on)
    late = Notice(
        "split_payment_unconfirmed",
        f"The EU's authorisation of split payment ended on {split.authorised_until.isoformat()}, and on"
        f" {split.checked.isoformat()} no renewal was found; earlier ones came late, without a gap. If it has ended,"
        " state split_payment false in details.",
    )
    return Scheme(
        rule=Rule.SPLIT_PAYMENT,
        because=f"{buyer.name} pays the VAT to the tax office itself ({split.article})",
        codes={
            name: replace(
                code,
                code=f"{name}{_SPLIT}",
                category=TaxCategory.SPLIT_PAYMENT,
                reason=text.reason,
                reason_local=text.reason_local,
                is_default=False,
            )
            for name, code in codes.items()
            if code.category is TaxCategory.STANDARD and code.active and not code.jurisdictions
        },
        until=split.authorised_until,
        caution=late,
    )


def _surcharged(surcharge: Surcharge, codes: Mapping[str, TaxCode], buyer: BuyerFacts) -> Scheme:
    plain = {
        name: code
        for name, code in codes.items()
        if code.category is TaxCategory.STANDARD and code.active and not code.jurisdictions
    }
    added = {
        rate.code: replace(plain[_DEFAULT], code=rate.code, name=rate.code.title(), is_default=False)
        for rate in surcharge.rates
        if rate.code and rate.code not in codes and _DEFAULT in plain
    }
    return Scheme(
        rule=Rule.SURCHARGE,
        because=f"{buyer.name} has said that it is a retailer in the scheme of the surcharge ({surcharge.article})",
        codes={
            name: replace(
                code,
                code=f"{name}{_SURCHARGED}",
                rates=(),
                is_default=False,
                jurisdictions=(
                    Jurisdiction(code.label, JurisdictionLevel.VAT, code.rates),
                    Jurisdiction(surcharge.label, JurisdictionLevel.SURCHARGE, beside),
                ),
            )
            for name, code in {**plain, **added}.items()
            if (beside := _beside(surcharge, code))
        },
        added=added,
        goods_only=True,
    )


def _beside(surcharge: Surcharge, code: TaxCode) -> tuple[DatedRate, ...]:
    """What is charged beside the code's own rates, where the days of both meet."""
    own = [rate for rate in surcharge.rates if rate.code == code.code] or [
        rate for rate in surcharge.rates if not rate.code
    ]
    found = []
    for rate in code.rates:
        for pair in own:
            first = max(rate.valid_from, pair.valid_from)
            ends = [day for day in (rate.valid_until, pair.valid_until) if day is not None]
            if pair.beside == rate.percent and (not ends or first <= min(ends)):
                found.append(DatedRate(pair.percent, first, min(ends, default=None)))
    return tuple(sorted(found, key=lambda rate: rate.valid_from))
