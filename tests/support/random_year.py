"""A year of random documents, credit notes and payments of one organization, made through the operations alone.

What the acts answer is kept beside the books, as a careful clerk would: `Claim` tells what became of an invoice
without asking the books again, so that a test can compare the two at the end of the year.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from invoicing.countries import Country
from invoicing.countries.mandates import BuyerKind
from invoicing.credit.wanted import CreditCharge, CreditLine
from invoicing.document.adjusted import AdjustmentKind
from invoicing.document.documents import Document, JurisdictionLevel, Supply
from invoicing.document.former import FormerInvoice
from invoicing.document.payable import PaymentMeans
from invoicing.document.requested import (
    ALL_ADVANCES,
    RequestedAdjustment,
    RequestedDocument,
    RequestedLine,
    RequestedLineAdjustment,
)
from invoicing.master_data.records import TaxCode, WithholdingCode, rate_in_force
from invoicing.money.amounts import minor_digits, to_major
from invoicing.refusals import Conflict, InvalidInput, LimitExceeded
from invoicing.settlement.kinds import SettlementKind
from invoicing.tax.inputs import Rounding
from operations.credit_notes import CreditRequest
from operations.drafts import DraftRequest
from operations.invoices import IssueRequest, get_invoice
from operations.issue_dates import local_date
from operations.payments import PaymentRequest, record_payment
from storage.books.pool import Books
from storage.books.profile import load_profile
from tests.support.claims import Claim, Paid
from tests.support.clock import SettableClock
from tests.support.issuing import issue_credit_note, issue_invoice
from tests.support.people import refusal

DAYS = 330
"""How long the acts of a year last together; the rest of it is the year's end."""

ONE, TEN = Decimal(1), Decimal(10)
ACTS_PER_DOCUMENT = 3
CUSTOMERS: tuple[tuple[str, BuyerKind], ...] = (
    ("home", "business"),
    ("home", "public_body"),
    ("home", "consumer"),
    ("DE", "business"),
    ("FR", "consumer"),
    ("US", "business"),
    ("JP", "consumer"),
)
TAX_NUMBERS = {"DE": "DE136695976"}
CURRENCIES = ("", "", "", "EUR", "USD", "JPY", "KWD")
STACKS = (
    ("LA", (("California", JurisdictionLevel.STATE, "7.25"), ("County", JurisdictionLevel.DISTRICT, "2.5"))),
    ("NYC", (("New York", JurisdictionLevel.STATE, "4"), ("City", JurisdictionLevel.CITY, "4.875"))),
)


@dataclass(slots=True)
class RandomYear:
    """The books of one organization, and what was done in them; `refused` counts requests that did not fit. `rules` are
    those of its country, and `kinds` says what each customer is.
    """

    books: Books
    clock: SettableClock
    chance: random.Random
    customers: tuple[tuple[str, bool], ...]
    codes: list[TaxCode]
    withholdings: list[WithholdingCode]
    terms: tuple[str, ...] = ("",)
    rules: Country | None = None
    kinds: dict[str, BuyerKind] = field(default_factory=dict)
    claims: list[Claim] = field(default_factory=list)
    refused: int = 0

    @property
    def documents(self) -> int:
        return len(self.claims) + sum(len(claim.notes) for claim in self.claims)

    async def run(self, documents: int) -> None:
        """Until there are so many invoices and credit notes; the days go by with the acts."""
        a_while = timedelta(days=DAYS) / (documents * ACTS_PER_DOCUMENT)
        while self.documents < documents:
            self.clock.advance(a_while * self.chance.uniform(0, 2))
            acts = self._acts()
            (act,) = self.chance.choices(list(acts), list(acts.values()))
            await act()

    def _acts(self) -> dict[Callable[[], Awaitable[None]], int]:
        """What can happen, and how often it does."""
        return {
            self._issue: 40,
            self._credit: 20,
            self._credit_former: 5,
            self._pay: 30,
            self._reverse: 7,
            self._refund: 8,
        }

    async def _issue(self) -> None:
        today = local_date(self.clock(), await self.books.read(load_profile))
        await self._issue_as(self._request(today))

    async def _credit_former(self) -> None:
        """A credit note for an invoice of a former system."""
        today = local_date(self.clock(), await self.books.read(load_profile))
        former = FormerInvoice("OLD-7", today - timedelta(days=self.chance.randint(0, 30)), "Returned")
        await self._issue_as(replace(self._request(today), payment_terms="", former=former, advance=False, deducts=()))

    async def _issue_as(self, request: RequestedDocument) -> None:
        try:
            made = await issue_invoice(self.books, IssueRequest(request=DraftRequest(document=request)))
        except InvalidInput:
            self.refused += 1
        else:
            self.claims.append(Claim(made.document))

    async def _credit(self) -> None:
        claim = self._some([claim for claim in self.claims if claim.sign > 0 and claim.left()])
        if claim is None:
            return
        if claim.given_up or await self.is_deducted(claim):
            request = CreditRequest(invoice=claim.invoice.number, reason="Returned")
            assert isinstance(await refusal(issue_credit_note(self.books, request)), Conflict)
            return
        left = claim.left()
        positions = self.chance.sample(sorted(left), self.chance.randint(1, len(left)))
        wanted = tuple(CreditLine(position, self._part(left[position])) for position in positions)
        number = claim.invoice.number
        too_much = CreditLine(positions[0], abs(left[positions[0]]) + Decimal("0.000001"))
        if self.chance.random() < 0.05:
            refused = await refusal(
                issue_credit_note(self.books, CreditRequest(invoice=number, reason="Too much", lines=(too_much,)))
            )
            assert isinstance(refused, LimitExceeded)
        lines = None if self.chance.random() < 0.4 else wanted
        if any(line.quantity < 0 for line in claim.invoice.lines):
            # What takes goods back is credited with the rest.
            lines = None
        request = CreditRequest(invoice=number, reason="Returned", lines=lines)
        if self.chance.random() < 0.35:
            request = self._choosing(claim.invoice, positions[0])
        try:
            made = await issue_credit_note(self.books, request)
        except (InvalidInput, LimitExceeded):
            # What is chosen can be more than what was left of it.
            assert request.lines is not lines
            return
        claim.notes.append(made.note.document)
        assert made.invoice_balance.due_minor == claim.due_minor

    async def is_deducted(self, claim: Claim) -> bool:
        """Whether it is an advance that a final invoice deducts, with which alone it is taken back."""
        left = (await get_invoice(self.books, claim.invoice.number)).advance_left if claim.invoice.advance else None
        return left is not None and bool(left.deducted_by)

    def _choosing(self, invoice: Document, position: int) -> CreditRequest:
        """A price that is reduced, a line without its charges or discounts, or a charge by itself."""
        charges = [item.position for item in invoice.adjustments if item.kind is AdjustmentKind.CHARGE]
        cent = Decimal(1).scaleb(-minor_digits(invoice.currency))
        whole = next(line for line in invoice.lines if line.position == position)
        amount = max(cent, (to_major(whole.amount_minor, invoice.currency) / 3).quantize(cent))
        chosen: tuple[CreditLine | CreditCharge, ...] = (
            CreditLine(position, unit_price=whole.unit_price * Decimal("0.9")),
            CreditLine(position, percent=self._decimal("1", "100", places=2)),
            CreditLine(position, amount=amount),
            CreditLine(position, charges=False),
            CreditLine(position, discounts=False),
            *(CreditCharge(one, self.chance.choice([None, cent])) for one in charges),
        )
        one = self.chance.choice(chosen)
        lines = (one,) if isinstance(one, CreditLine) else ()
        taken = (one,) if isinstance(one, CreditCharge) else ()
        return CreditRequest(invoice=invoice.number, reason="Agreed", lines=lines, charges=taken)

    async def _pay(self) -> None:
        claim = self._some([claim for claim in self.claims if claim.due_minor > 0])
        if claim is None:
            return
        over = self.chance.random() < 0.1
        amount = claim.due_minor + self.chance.randint(1, 500) if over else self._up_to(claim.due_minor)
        currency, number = claim.invoice.currency, claim.invoice.number
        request = PaymentRequest(invoice=number, amount=to_major(amount, currency), accept_overpayment=over)
        if over:
            unsaid = PaymentRequest(invoice=number, amount=to_major(amount, currency))
            assert isinstance(await refusal(record_payment(self.books, unsaid)), LimitExceeded)
        made = await record_payment(self.books, request)
        claim.payments.append(Paid(made.payment.id, number, amount))
        assert made.owed_minor == claim.due_minor

    async def _reverse(self) -> None:
        claim = self._some([claim for claim in self.claims if any(not one.reversed for one in claim.payments)])
        if claim is None:
            return
        paid = self.chance.choice(claim.standing)
        made = await record_payment(self.books, PaymentRequest(invoice=paid.document, reverse=paid.id))
        for one in self._together(paid):
            one.reversed = True
        assert made.owed_minor == claim.due_minor

    def _together(self, paid: Paid) -> list[Paid]:
        """What is taken back with it: all that a credit moved."""
        if paid.kind not in (SettlementKind.CREDIT, SettlementKind.CREDIT_USED):
            return [paid]
        return [one for claim in self.claims for one in claim.standing if one.receipt == paid.receipt]

    async def _refund(self) -> None:
        claim = self._some([claim for claim in self.claims if claim.due_minor < 0 and claim.notes])
        if claim is None:
            return
        note = self.chance.choice(claim.notes)
        refunded = -sum(one.amount_minor for one in claim.payments if one.document == note.number and not one.reversed)
        most = min(-claim.due_minor, note.payable_minor - refunded)
        if most <= 0:
            return
        amount = self._up_to(most)
        made = await record_payment(
            self.books, PaymentRequest(invoice=note.number, amount=to_major(amount, note.currency))
        )
        claim.payments.append(Paid(made.payment.id, note.number, -amount))
        assert made.owed_minor == claim.due_minor

    def _some(self, claims: list[Claim]) -> Claim | None:
        return self.chance.choice(claims) if claims else None

    def _up_to(self, most: int) -> int:
        """All of it, or a part."""
        return most if self.chance.random() < 0.5 else self.chance.randint(1, most)

    def _part(self, quantity: Decimal) -> Decimal | None:
        """A part of a quantity, or None for all of it."""
        thousandths = int(abs(quantity) * 1_000)
        if self.chance.random() < 0.3 or not thousandths:
            return None
        return Decimal(self.chance.randint(1, thousandths)) / 1_000

    def _request(self, today: date) -> RequestedDocument:
        deducted = self._deducted()
        index = self.chance.randrange(len(self.customers))
        customer, at_home = self.customers[index]
        if deducted is not None:
            customer, at_home = next(pair for pair in self.customers if pair[0] == deducted.customer)
        codes = [code.code for code in self.codes if code.rate_on(today) is not None] if at_home else [""]
        currency = deducted.currency if deducted else self.chance.choice(CURRENCIES)
        withheld = [one.code for one in self.withholdings if self._withholds(one, customer, today)]
        digits = minor_digits(currency or self.books.organization.currency)
        # A sandbox only warns of a rate that nobody stated.
        foreign = currency not in ("", self.books.organization.currency) and self.chance.random() < 0.75
        return RequestedDocument(
            customer=customer,
            lines=tuple(
                self._line(digits, self.chance.choice(["", *codes]), first=not position)
                for position in range(self.chance.randint(1, 5))
            ),
            currency=currency,
            prices_include_tax=self.chance.random() < 0.5,
            adjustments=tuple(self._adjustment(digits, codes) for _ in range(self.chance.choice((0, 0, 1, 2)))),
            rounding=self.chance.choice(list(Rounding)).value,
            withholding=self.chance.choice(withheld) if withheld and at_home and self.chance.random() < 0.3 else "",
            exchange_rate=self._decimal("0.005", "3", places=6) if foreign else None,
            exchange_source="ECB" if foreign else "",
            payment_terms=self.chance.choice(self.terms),
            fund=self._fund(),
            surcharge=True if self._bears_surcharge(customer, at_home=at_home) else None,
            payment_means=self.chance.choice((None, None, *PaymentMeans)),
            rounding_to=self.chance.choice((None, None, None, 5 * Decimal(1).scaleb(-digits))),
            advance=deducted is None and self.chance.random() < 0.12,
            deducts=(ALL_ADVANCES,) if deducted is not None else (),
        )

    def _deducted(self) -> Document | None:
        """Now and then an advance that is to be deducted with the others of its customer, if it is open yet."""
        advances = [claim.invoice for claim in self.claims if claim.invoice.advance]
        return self.chance.choice(advances) if advances and self.chance.random() < 0.3 else None

    def _withholds(self, code: WithholdingCode, customer: str, today: date) -> bool:
        own = self.rules.withholding(code.code) if self.rules else None
        payers = own.payers if own else (self.kinds.get(customer),)
        return rate_in_force(code.rates, today) is not None and self.kinds.get(customer) in payers

    def _bears_surcharge(self, customer: str, *, at_home: bool) -> bool:
        known = self.rules is not None and self.rules.surcharge is not None
        return known and at_home and self.kinds.get(customer) != "consumer" and self.chance.random() < 0.4

    def _cost(self) -> str:
        """Now and then a cost that is passed on."""
        known = [one.code for one in self.rules.costs] if self.rules else []
        return self.chance.choice(known) if known and self.chance.random() < 0.06 else ""

    def _fund(self) -> str:
        known = [one.code for one in self.rules.costs if one.percent] if self.rules else []
        return self.chance.choice(known) if known and self.chance.random() < 0.15 else ""

    def _line(self, digits: int, code: str, *, first: bool) -> RequestedLine:
        unit = Decimal(1).scaleb(-digits)
        quantity = self._decimal("0.01", "20", places=self.chance.choice((0, 0, 2, 3, 6)))
        price = self._decimal("1", "500" if digits else "9000", places=self.chance.choice((0, digits, digits + 2)))
        kind = self.chance.choice(("plain", "plain", "percent", "amount", "charge", "several"))
        kind = "back" if not first and self.chance.random() < 0.15 else kind
        wanted = RequestedLine(
            quantity=max(quantity, Decimal("0.01")),
            description="Flour",
            unit_price=price,
            tax_code=code,
            supply=self.chance.choice(list(Supply)),
            discount_percent=self._decimal("0", "100", places=2) if kind == "percent" else Decimal(0),
            discount_amount=(quantity * price / 3).quantize(unit) if kind == "amount" else None,
            charge_amount=self._decimal("0", "40", places=digits) if kind == "charge" else None,
            cost="" if kind == "back" else self._cost(),
        )
        match kind:
            case "several":
                return replace(
                    wanted, adjustments=self._of_line(unit), base_quantity=self.chance.choice((ONE, ONE, TEN))
                )
            case "back":
                # Little, and per thousand: most invoices stay above nothing.
                base = Decimal(self.chance.choice((1, 3, 1000)))
                return replace(wanted, quantity=-max(Decimal("0.01"), quantity / 10), base_quantity=base)
        return wanted

    def _of_line(self, unit: Decimal) -> tuple[RequestedLineAdjustment, ...]:
        """What comes off a line and is added to it, with percentages of what is left and of something else."""
        discount, charge = AdjustmentKind.DISCOUNT, AdjustmentKind.CHARGE
        found = (
            RequestedLineAdjustment(discount, "Agreed", percent=self._decimal("0.5", "40", places=2)),
            RequestedLineAdjustment(discount, reason_code="95", percent=Decimal(5), of_rest=True),
            RequestedLineAdjustment(charge, "Packing", "PC", amount=self.chance.randint(1, 300) * unit),
            RequestedLineAdjustment(charge, "Express", percent=Decimal(10), base=self.chance.randint(1, 900) * unit),
        )
        return tuple(self.chance.sample(found, self.chance.randint(1, len(found))))

    def _adjustment(self, digits: int, codes: list[str]) -> RequestedAdjustment:
        percent = self.chance.random() < 0.5
        kind = self.chance.choice(list(AdjustmentKind))
        return RequestedAdjustment(
            kind,
            "Agreed",
            percent=self._decimal("0.5", "20", places=2) if percent else None,
            amount=None if percent else max(self._decimal("0", "5", places=digits), Decimal(1).scaleb(-digits)),
            # A discount of a group that no line is in is refused: it is of all lines, or of the ordinary code's.
            tax_code="" if kind is AdjustmentKind.DISCOUNT else self.chance.choice(["", *codes]),
        )

    def _decimal(self, least: str, most: str, *, places: int) -> Decimal:
        lowest, highest = (int(Decimal(limit).scaleb(places)) for limit in (least, most))
        return Decimal(self.chance.randint(lowest, highest)).scaleb(-places)
