"""A random year whose documents are settled in every way: several at once, credits, differences, rates, discounts.

What each act must come to is told beside the books, as in `tests.support.random_year`.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal

from invoicing.countries import country as country_file
from invoicing.money.amounts import minor_digits, to_major
from invoicing.settlement.discounts import WITHOUT_DOCUMENT, allowed_minor, tax_changes
from invoicing.settlement.kinds import SettlementKind, effect
from invoicing.settlement.worth import at_rate
from invoicing.tax.settings import Part, TaxCodeChange
from operations.configuration.configuring import save_entry
from operations.configuration.entries import Change
from operations.configuration.entries import Part as Configured
from operations.payments import PaymentRequest, RecordedPayment, record_payment
from operations.profile import update_organization
from operations.settings import list_tax_codes, save_tax_code
from operations.settling.asked import Share
from storage.books.pool import Books
from storage.books.tax_codes import load_withholdings
from tests.support.cash_year import ON_CASH
from tests.support.claims import Claim, Paid
from tests.support.practice import Practice
from tests.support.random_year import CUSTOMERS, STACKS, TAX_NUMBERS, RandomYear

EARLY, PARTS = "EARLY", "PARTS"
WRITE_OFF_LIMIT = 5


class SettlingYear(RandomYear):
    """As its base, with every other way to settle a document."""

    def _acts(self) -> dict[Callable[[], Awaitable[None]], int]:
        others = {
            self._pay_several: 6,
            self._apply_credit: 5,
            self._pay_back: 3,
            self._write_off: 6,
            self._charge: 3,
            self._withhold: 5,
            self._take_discount: 6,
        }
        return super()._acts() | others

    async def _pay(self) -> None:
        """Half of the money for documents in other currencies comes at a rate of its own."""
        claim = self._some([claim for claim in self.claims if claim.due_minor > 0 and claim.invoice.exchange])
        if claim is None or self.chance.random() < 0.5:
            await super()._pay()
            return
        amount = self._up_to(claim.due_minor)
        rate = self._decimal("0.005", "3", places=6)
        await self._record(claim, SettlementKind.PAYMENT, amount, exchange_rate=rate)

    async def _pay_several(self) -> None:
        claim = self._some([claim for claim in self.claims if claim.due_minor > 0])
        if claim is None:
            return
        alike = [one for one in self._alike(claim) if one.due_minor > 0]
        chosen = self.chance.sample(alike, min(len(alike), 4))
        last = self._up_to(chosen[-1].due_minor)
        amounts = [*(one.due_minor for one in chosen[:-1]), last]
        shares = tuple(Share(invoice=one.invoice.number) for one in chosen)
        whole = to_major(sum(amounts), claim.invoice.currency)
        made = await record_payment(self.books, PaymentRequest(amount=whole, invoices=shares))
        self._keep(made, chosen, amounts)

    async def _apply_credit(self) -> None:
        claim = self._some([one for one in self.claims if one.due_minor > 0 and self._sources(one)])
        if claim is None:
            return
        sources = self._sources(claim)
        amount = self._up_to(min(claim.due_minor, sum(-one.due_minor for one in sources)))
        request = PaymentRequest(
            invoice=claim.invoice.number, amount=to_major(amount, claim.invoice.currency), kind="credit"
        )
        made = await record_payment(self.books, request)
        used, left = list[Claim](), amount
        taken = list[int]()
        for source in sources:
            part = min(-source.due_minor, left)
            if part:
                used.append(source)
                taken.append(-part)
            left -= part
        self._keep(made, [claim, *used], [amount, *taken])

    def _sources(self, claim: Claim) -> list[Claim]:
        """The claims on which its customer is owed something in its currency, in the order of issue."""
        return [one for one in self._alike(claim) if one.due_minor < 0]

    def _alike(self, claim: Claim) -> list[Claim]:
        """The claims on its customer in its currency."""
        wanted = (claim.invoice.customer, claim.invoice.currency)
        return [one for one in self.claims if (one.invoice.customer, one.invoice.currency) == wanted]

    async def _pay_back(self) -> None:
        claim = self._some([claim for claim in self.claims if claim.due_minor < 0])
        if claim is not None:
            await self._record(claim, SettlementKind.PAID_BACK, self._up_to(-claim.due_minor))

    async def _write_off(self) -> None:
        claim = self._some([claim for claim in self.claims if 0 < claim.due_minor <= self._limit(claim)])
        if claim is not None:
            await self._record(claim, SettlementKind.WRITE_OFF, self._up_to(claim.due_minor))

    def _limit(self, claim: Claim) -> int:
        """How much may still be written off, told so carefully that no rounding comes to more."""
        before = sum(one.amount_minor for one in claim.standing if one.kind is SettlementKind.WRITE_OFF)
        invoice, books = claim.invoice, self.books.organization.currency
        if invoice.exchange is None:
            return in_minor(WRITE_OFF_LIMIT, invoice.currency) - before
        limit, most = in_minor(WRITE_OFF_LIMIT, books), claim.due_minor
        worth = at_rate(before + most, invoice.exchange.rate, document=invoice, books_currency=books)
        return most if worth <= limit else 0

    async def _charge(self) -> None:
        claim = self._some([claim for claim in self.claims if claim.due_minor > 0])
        if claim is not None:
            await self._record(claim, SettlementKind.CHARGES, self.chance.randint(1, claim.due_minor))

    async def _withhold(self) -> None:
        """What the document itself withholds is certified; of another one it settles what is owed."""
        claim = self._some([claim for claim in self.claims if claim.due_minor > 0 or self._uncertified(claim) > 0])
        if claim is None:
            return
        if claim.invoice.withholding is None:
            await self._record(claim, SettlementKind.WITHHELD_TAX, self._up_to(claim.due_minor))
        elif (most := self._uncertified(claim)) > 0:
            await self._record(claim, SettlementKind.WITHHELD_TAX, self._up_to(most))

    def _uncertified(self, claim: Claim) -> int:
        withheld = claim.invoice.withheld_minor if claim.sign > 0 else 0
        return withheld - sum(note.withheld_minor for note in claim.notes) - claim.certified_minor

    async def _take_discount(self) -> None:
        claim = self._some([claim for claim in self.claims if self._promised(claim) > 0])
        if claim is None:
            return
        amount = self._up_to(self._promised(claim))
        kept = await self._record(claim, SettlementKind.DISCOUNT, amount)
        kept.changes = tax_changes(claim.invoice, claim.notes, amount, worth_minor=None, books_currency="")

    def _promised(self, claim: Claim) -> int:
        taken = sum(one.amount_minor for one in claim.standing if one.kind is SettlementKind.DISCOUNT)
        return min(allowed_minor(claim.invoice, claim.notes) - taken, claim.due_minor)

    async def _record(
        self, claim: Claim, kind: SettlementKind, amount: int, *, exchange_rate: Decimal | None = None
    ) -> Paid:
        request = PaymentRequest(
            invoice=claim.invoice.number,
            amount=to_major(amount, claim.invoice.currency),
            kind=kind.value,
            exchange_rate=exchange_rate,
        )
        made = await record_payment(self.books, request)
        self._keep(made, [claim], [effect(made.payment.kind) * amount])
        if made.payment.kind is SettlementKind.CERTIFICATE:
            claim.payments[-1].certified_minor = amount
        return claim.payments[-1]

    def _keep(self, made: RecordedPayment, claims: list[Claim], amounts: list[int]) -> None:
        """What was answered is what was expected, of each document."""
        for part, claim, amount in zip(made.parts, claims, amounts, strict=True):
            payment = part.payment
            paid = Paid(payment.id, claim.invoice.number, amount, kind=payment.kind, receipt=payment.receipt_id)
            assert part.document.document.id == claim.invoice.id
            assert payment.amount_minor == abs(amount) or payment.kind is SettlementKind.CERTIFICATE
            claim.payments.append(paid)
        for part, claim in zip(made.parts, claims, strict=True):
            assert part.owed_minor == claim.due_minor


def in_minor(amount: int, currency: str) -> int:
    return int(Decimal(amount).scaleb(minor_digits(currency)))


async def some_terms(one: Practice, books: Books, country: str) -> tuple[str, ...]:
    """Terms to choose from: in instalments; with a discount where it changes the tax without a document of its own."""
    values = {"name": "In parts", "instalments": "33.3:0, 16.7:20, 50:75"}
    await save_entry(one.office, books, Configured.PAYMENT_TERMS, Change(code=PARTS, values=values))
    if country not in WITHOUT_DOCUMENT:
        return ("", PARTS)
    values = {"name": "Early", "days": "30", "discount_percent": "2.5", "discount_days": "10"}
    await save_entry(one.office, books, Configured.PAYMENT_TERMS, Change(code=EARLY, values=values))
    return ("", EARLY, PARTS)


async def random_year(one: Practice, country: str) -> RandomYear:
    """The practice's own books, with customers at home and abroad; in the United States with stacks of
    levies; some are on cash accounting."""
    books = one.books(one.organization)
    if country in ON_CASH:
        books, _ = await update_organization(one.office, books, {"tax_due": "payment"})
    if country == "US":
        for name, parts in STACKS:
            stack = tuple(Part(level, place, Decimal(percent)) for place, level, percent in parts)
            await save_tax_code(books, TaxCodeChange(name, name, parts=stack, valid_from=date(2025, 4, 1)))
    customers, kinds = [], {}
    for where, kind in CUSTOMERS:
        tax_number = TAX_NUMBERS.get(where, "") if kind == "business" else ""
        made = await one.customer(
            books,
            f"{where} {kind}",
            country=country if where == "home" else where,
            tax_number=tax_number,
            consumer=kind == "consumer",
            public_body=kind == "public_body",
        )
        customers.append((made.id, where == "home"))
        kinds[made.id] = kind
    chance = random.Random(f"{country} 2026")  # noqa: S311  # The same year in every run.
    codes, withholdings = await list_tax_codes(books), await books.read(load_withholdings)
    terms = await some_terms(one, books, country)
    rules = country_file(country)
    return SettlingYear(books, one.clock, chance, tuple(customers), codes, withholdings, terms, rules, kinds)
