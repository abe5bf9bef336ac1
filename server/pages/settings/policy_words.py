"""The rules of the policy in the reader's language: what each is about, and what each choice means."""

from __future__ import annotations

from collections.abc import Mapping

from invoicing.organizations import ClientMay, OrganizationRef
from server.pages.languages import gettext
from views.base import View


class Choice(View):
    """A value of a rule, in a few words, and what it means."""

    value: str
    word: str
    means: str = ""


class Rule(View):
    """A rule of the policy. Without `choices` it is a text, such as a number, with its `unit` behind it; of `several`
    choices any may be taken. `of_practice` says that it is the practice's, and stands for all its clients.
    """

    name: str
    title: str
    means: str
    choices: tuple[Choice, ...] = ()
    several: bool = False
    unit: str = ""
    of_practice: bool = False

    def said(self, value: str) -> str:
        """The value in words."""
        chosen = set(value.split()) if self.several else {value}
        words = [one.word for one in self.choices if one.value in chosen]
        return "; ".join(words) or f"{value} {self.unit}".strip() or gettext("Nothing")


def rules(organization: OrganizationRef, values: Mapping[str, str]) -> list[Rule]:
    """The rules that the organization has, in their order."""
    return [rule for rule in _all(organization) if rule.name in values]


def rule_of(organization: OrganizationRef, name: str) -> Rule | None:
    """The rule of this name; None where there is none."""
    return next((rule for rule in _all(organization) if rule.name == name), None)


def _all(organization: OrganizationRef) -> list[Rule]:
    return [*_of_prices(), *_of_issuing(), *_of_money(organization), *_of_people(organization)]


def _of_prices() -> list[Rule]:
    return [
        Rule(
            name="prices_include_tax",
            title=gettext("Prices"),
            means=gettext("How the price of a line is meant where nothing else is said."),
            choices=(
                Choice(value="false", word=gettext("Net"), means=gettext("Tax comes on top.")),
                Choice(value="true", word=gettext("Tax included"), means=gettext("Tax is taken out of the price.")),
            ),
        ),
        Rule(
            name="rounding",
            title=gettext("Rounding of tax"),
            means=gettext("Where the tax of a document is rounded to whole cents."),
            choices=(
                Choice(
                    value="sum_of_lines",
                    word=gettext("Once for each rate"),
                    means=gettext("Tax is computed of the sum of the lines."),
                ),
                Choice(
                    value="per_line",
                    word=gettext("On each line"),
                    means=gettext("Tax is computed line by line, and added up."),
                ),
            ),
        ),
        Rule(
            name="tax_due",
            title=gettext("When tax is due"),
            means=gettext("Holds for documents that are issued from then on."),
            choices=(
                Choice(
                    value="supply",
                    word=gettext("When it is supplied"),
                    means=gettext("Tax belongs to the period of the supply."),
                ),
                Choice(
                    value="payment",
                    word=gettext("When it is paid"),
                    means=gettext("Cash accounting: tax belongs to the period of the payment."),
                ),
            ),
        ),
        Rule(
            name="small_business",
            title=gettext("Small enterprise"),
            means=gettext("Whether tax is charged at all."),
            choices=(
                Choice(value="false", word=gettext("Charges tax")),
                Choice(
                    value="true",
                    word=gettext("Charges no tax"),
                    means=gettext("Under its country's scheme for small enterprises, which each document then names."),
                ),
            ),
        ),
    ]


def _of_issuing() -> list[Rule]:
    return [
        Rule(
            name="mandates",
            title=gettext("Where the law takes no PDF"),
            means=gettext("Some laws want invoices in another form, or through a system of their own."),
            choices=(
                Choice(
                    value="refuse",
                    word=gettext("Refuse"),
                    means=gettext(
                        "A live document is not issued until somebody has put on record how it is handed in."
                    ),
                ),
                Choice(value="warn", word=gettext("Warn"), means=gettext("It is issued, and says what is missing.")),
            ),
        ),
        Rule(
            name="future_days",
            title=gettext("Dates ahead"),
            means=gettext("How many days ahead an issue date may be; 0 allows none."),
            unit=gettext("days"),
        ),
        Rule(
            name="payment_qr",
            title=gettext("Payment code"),
            means=gettext("A code on invoices that a banking app reads, where the country and the currency have one."),
            choices=(
                Choice(value="true", word=gettext("Printed")),
                Choice(value="false", word=gettext("Not printed")),
            ),
        ),
    ]


def _of_money(organization: OrganizationRef) -> list[Rule]:
    return [
        Rule(
            name="write_off_limit",
            title=gettext("Small differences"),
            means=gettext("The most that is written off of an invoice when a payment falls short."),
            unit=organization.currency,
        )
    ]


def _of_people(organization: OrganizationRef) -> list[Rule]:
    is_client = bool(organization.partner_id)
    return [
        Rule(
            name="named_writes",
            title=gettext("Naming the organization"),
            means=gettext("Which changes an assistant must address by the organization's name, beside its session."),
            choices=(
                Choice(value="live", word=gettext("In live organizations")),
                Choice(value="always", word=gettext("Everywhere")),
                Choice(value="off", word=gettext("Nowhere"), means=gettext("The session alone decides.")),
            ),
            of_practice=is_client,
        ),
        Rule(
            name="human_approval",
            title=gettext("A person's signature"),
            means=gettext(
                "Whether a person signs each live document before it is issued, and no assistant issues alone."
            ),
            choices=(
                Choice(value="off", word=gettext("Not asked for")),
                Choice(
                    value="live",
                    word=gettext("Asked for in live organizations"),
                    means=gettext("To switch this off again, a person signs that, too."),
                ),
            ),
            of_practice=is_client,
        ),
        Rule(
            name="client_may",
            title=gettext("What the client may do"),
            means=gettext("What the practice lets the client's own people do beside it."),
            choices=tuple(Choice(value=one.value, word=_let_word(one)) for one in ClientMay),
            several=True,
        ),
    ]


def _let_word(one: ClientMay) -> str:
    words = {
        ClientMay.DRAFT: gettext("Draft invoices (its users)"),
        ClientMay.BANK_ACCOUNT: gettext("Change the bank account (its owner)"),
        ClientMay.POLICY: gettext("Change the policy on prices, tax and dates (its owner)"),
        ClientMay.MANDATES: gettext("Answer for how documents are handed in (its owner)"),
        ClientMay.PERIODS: gettext("Close and open periods (its owner)"),
        ClientMay.CREDENTIALS: gettext("Make and end keys and secret links (its owner)"),
        ClientMay.PEOPLE: gettext("Say who belongs to it (its owner)"),
        ClientMay.WORKFLOWS: gettext("Change workflows of approval (its owner)"),
        ClientMay.AGENTS: gettext("Change agents and skills (its owner)"),
    }
    return words[one]
