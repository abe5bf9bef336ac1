"""What the parts of the configuration and their fields are called on pages, and with what each field is filled in.

The names of parts and fields are those of `operations.configuration`; what is written here of one that does not exist,
or is missing for one that does, fails a test. All texts are words for `gettext`.
"""

from __future__ import annotations

from collections.abc import Mapping

from operations.configuration.entries import Part
from server.pages.languages import N_
from server.pages.settings.shown import Control, Described, Shown


def slug_of(part: Part) -> str:
    """The part's name in addresses."""
    return part.value.replace("_", "-")


_KINDS = (("invoice", N_("Invoice")), ("credit_note", N_("Credit note")))
_TYPES = (
    ("asset", N_("Asset")),
    ("liability", N_("Liability")),
    ("equity", N_("Equity")),
    ("income", N_("Income")),
    ("expense", N_("Expense")),
)
_CATEGORIES = (
    ("S", N_("S: standard or reduced rate")),
    ("Z", N_("Z: zero rate")),
    ("E", N_("E: exempt")),
    ("AE", N_("AE: reverse charge")),
    ("K", N_("K: supply within the EU")),
    ("G", N_("G: export")),
    ("O", N_("O: outside the scope of tax")),
    ("L", N_("L: Canary Islands")),
    ("M", N_("M: Ceuta and Melilla")),
    ("B", N_("B: passed to the tax office by the buyer")),
)
_RATES = Shown(N_("All rates"), control=Control.SHOWN)

TAX_CODES = Described(
    title=N_("Tax codes"),
    about=N_("What each line of an invoice is taxed by. A new rate begins on a day; documents before it keep theirs."),
    one=N_("tax code"),
    code=N_("Code"),
    new=N_("Add a tax code"),
    code_hint=N_("Such as S20, as lines name it"),
    columns=("name", "category", "rates", "default"),
    fields={
        "name": Shown(N_("Name")),
        "label": Shown(N_("Label on documents"), N_("What the tax is called there, such as VAT")),
        "category": Shown(
            N_("Category"), N_("Of EN 16931; said once"), control=Control.CHOICE, choices=_CATEGORIES, once=True
        ),
        "percent": Shown(N_("Rate in percent"), N_("From the day below on")),
        "valid_from": Shown(N_("First day of the rate"), control=Control.DAY),
        "parts": Shown(
            N_("Parts of a US sales tax"),
            N_("Such as state:California:6 | county:Marin:0.25, or codes of jurisdictions"),
        ),
        "reason": Shown(N_("Reason why no tax is charged"), N_("The legal text that documents print")),
        "reason_local": Shown(N_("The same in the country's language")),
        "reason_code": Shown(N_("VATEX code"), N_("Of the reason, in e-invoices")),
        "default": Shown(N_("For ordinary supplies"), N_("Taken where nothing else is said"), control=Control.YES),
        "revenue_account": Shown(
            N_("Income account"),
            N_("Of its lines; empty leaves it to the posting profile"),
            control=Control.CHOICE,
            accounts=("income",),
        ),
        "rates": _RATES,
    },
    withdraw=N_("Take the code out of use"),
    withdrawing=N_("It is chosen no more. Issued documents, and credit notes on them, keep it."),
)
TAX_AUTHORITIES = Described(
    title=N_("Tax authorities"),
    about=N_("To whom the taxes of jurisdictions are paid."),
    one=N_("tax authority"),
    code=N_("Name"),
    new=N_("Add a tax authority"),
    columns=("country",),
    fields={"country": Shown(N_("Country"), N_("Two letters, such as US"))},
)
JURISDICTIONS = Described(
    title=N_("Jurisdictions"),
    about=N_("Whose taxes go into a tax code: a state, a county, a city or a district."),
    one=N_("jurisdiction"),
    code=N_("Code"),
    new=N_("Add a jurisdiction"),
    columns=("name", "level", "rates", "authority"),
    fields={
        "name": Shown(N_("Name"), N_("As documents say it")),
        "level": Shown(
            N_("Level"),
            N_("Said once"),
            control=Control.CHOICE,
            choices=(
                ("state", N_("State")),
                ("county", N_("County")),
                ("city", N_("City")),
                ("district", N_("District")),
                ("vat", N_("Value added tax")),
                ("surcharge", N_("Surcharge")),
                ("country", N_("Country")),
            ),
            once=True,
        ),
        "kind": Shown(
            N_("Kind"),
            N_("Said once"),
            control=Control.CHOICE,
            choices=(("tax", N_("Tax on sales")), ("payroll", N_("Payroll tax"))),
            once=True,
        ),
        "authority": Shown(N_("Tax authority"), N_("Whom is paid; may stay empty")),
        "percent": Shown(N_("Rate in percent"), N_("From the day below on, in every tax code that has it")),
        "valid_from": Shown(N_("First day of the rate"), control=Control.DAY),
        "rates": _RATES,
    },
    withdraw=N_("Take the jurisdiction out of use"),
    withdrawing=N_("It goes into no tax code any more."),
)
PAYMENT_TERMS = Described(
    title=N_("Payment terms"),
    about=N_("When an invoice is due. A customer can have terms of its own."),
    one=N_("terms"),
    code=N_("Code"),
    new=N_("Add payment terms"),
    code_hint=N_("Such as net30"),
    columns=("name", "days", "discount_percent", "instalments", "default"),
    fields={
        "name": Shown(N_("Name"), N_("As it is printed, such as 30 days net")),
        "days": Shown(N_("Days"), N_("After the issue date")),
        "end_of_month": Shown(N_("Due at the end of that month"), control=Control.YES),
        "day_of_month": Shown(N_("Day of the month"), N_("1 to 31: on the next such day; 0: none")),
        "discount_percent": Shown(N_("Discount in percent"), N_("Taken off where it is paid early; 0: none")),
        "discount_days": Shown(N_("Days for the discount"), N_("After the issue date")),
        "instalments": Shown(N_("Instalments"), N_("Percent:days of each, such as 30:0, 70:30; 0: none")),
        "default": Shown(N_("Taken where nothing is said"), control=Control.YES),
    },
    withdraw=N_("Take the terms out of use"),
    withdrawing=N_("They are chosen no more. Customers who have them keep them."),
)
SERIES = Described(
    title=N_("Number series"),
    about=N_(
        "Where the numbers of documents come from, each the next one, without a gap. A series stays as it was made:"
        " what was issued is not numbered anew."
    ),
    one=N_("number series"),
    code=N_("Code"),
    new=N_("Add a number series"),
    code_hint=N_("Such as SHOP"),
    columns=("kind", "pattern", "next_number", "usual"),
    fields={
        "kind": Shown(N_("For"), control=Control.CHOICE, choices=_KINDS, once=True),
        "pattern": Shown(
            N_("Pattern"),
            N_("Such as SHOP-{YYYY}-{SEQ:5}: the year, and five digits that count"),
            once=True,
        ),
        "next": Shown(
            N_("Goes on with"),
            N_("Once, before the first document: the number that follows the last one of a former system"),
        ),
        "usual": Shown(N_("The usual one"), control=Control.SHOWN),
        "next_number": Shown(N_("Next number"), N_("What a document of today gets"), control=Control.SHOWN),
    },
)
TRANSACTION_TYPES = Described(
    title=N_("Kinds of documents"),
    about=N_("From which series the documents of a kind draw, and by which profile they are posted."),
    one=N_("kind of document"),
    code=N_("Name"),
    columns=("series", "posting_profile"),
    fields={
        "kind": Shown(N_("Kind"), control=Control.SHOWN),
        "series": Shown(N_("Number series")),
        "posting_profile": Shown(N_("Posting profile")),
    },
)
ACCOUNTS = Described(
    title=N_("Accounts"),
    about=N_("The chart of accounts that the journal is posted to."),
    one=N_("account"),
    code=N_("Number"),
    new=N_("Add an account"),
    columns=("name", "type"),
    fields={
        "name": Shown(N_("Name")),
        "type": Shown(N_("Type"), control=Control.CHOICE, choices=_TYPES),
    },
    withdraw=N_("Take the account out of use"),
    withdrawing=N_("It is posted to no more."),
)


def _role(label: str, *types: str) -> Shown:
    return Shown(label, control=Control.CHOICE, accounts=types)


POSTING_PROFILES = Described(
    title=N_("Posting"),
    about=N_("To which account each part of a document is posted."),
    one=N_("posting profile"),
    code=N_("Name"),
    new=N_("Add a posting profile"),
    columns=("receivable", "revenue", "tax_payable", "bank"),
    fields={
        "receivable": _role(N_("Receivables"), "asset"),
        "revenue": _role(N_("Revenue"), "income"),
        "tax_payable": _role(N_("Tax payable"), "liability"),
        "discount": _role(N_("Discounts"), "income", "expense"),
        "rounding": _role(N_("Rounding"), "income", "expense"),
        "bank": _role(N_("Bank"), "asset"),
        "write_off": _role(N_("Written off"), "income", "expense"),
        "bank_charges": _role(N_("Bank charges"), "expense"),
        "exchange_gain": _role(N_("Exchange gains"), "income", "expense"),
        "exchange_loss": _role(N_("Exchange losses"), "income", "expense"),
        "withheld_tax": _role(N_("Tax withheld"), "asset"),
        "customer_credit": _role(N_("Credit of customers"), "liability"),
        "advances": _role(N_("Advances received"), "liability"),
        "passed_on": _role(N_("Passed on for others"), "asset", "liability"),
    },
)
DIMENSIONS = Described(
    title=N_("Dimensions"),
    about=N_(
        "What lines are told apart by besides their account, such as a project or a branch, and the values of each."
    ),
    one=N_("dimension"),
    code=N_("Code"),
    new=N_("Add a dimension or a value"),
    code_hint=N_("Such as project; a value is project/north"),
    columns=("name", "required"),
    fields={
        "name": Shown(N_("Name")),
        "required": Shown(N_("Every line must have one"), N_("Of a dimension alone"), control=Control.YES),
    },
    withdraw=N_("Take it out of use"),
    withdrawing=N_("It tags no line any more. Lines that have it keep it."),
)
WORKFLOWS = Described(
    title=N_("Workflows"),
    about=N_("Which documents wait for a person before they are issued, and who decides."),
    one=N_("workflow"),
    code=N_("Code"),
    new=N_("Add a workflow"),
    code_hint=N_("Such as large"),
    columns=("name", "trigger", "conditions", "steps"),
    fields={
        "name": Shown(N_("Name")),
        "trigger": Shown(N_("Before this is issued"), control=Control.CHOICE, choices=_KINDS),
        "conditions": Shown(
            N_("Conditions, which all must hold"),
            N_(
                "Between them a semicolon: total > 1000 EUR; currency = USD; customer = the exact name; first_document;"
                " overridden_tax; drafted_by = person, owner, accountant, client, key or link. Empty: always."
            ),
            control=Control.AREA,
        ),
        "steps": Shown(
            N_("Steps, in their order"),
            N_("Who approves, such as: owner, not preparer | accountant, if total > 5000 EUR | client"),
            control=Control.AREA,
        ),
    },
    withdraw=N_("Take the workflow out of use"),
    withdrawing=N_("Documents wait for it no more."),
)
AGENTS = Described(
    title=N_("Agents"),
    about=N_("What an assistant is asked to do again and again, offered in each connected AI client as a prompt."),
    one=N_("agent"),
    code=N_("Code"),
    new=N_("Add an agent"),
    columns=("name", "description"),
    fields={
        "name": Shown(N_("Title")),
        "description": Shown(N_("What it is for"), control=Control.AREA),
        "instructions": Shown(N_("What the assistant is to do"), control=Control.TALL),
        "tools": Shown(N_("Tools, in the order in which it takes them"), control=Control.AREA),
        "arguments": Shown(
            N_("What it asks for"),
            N_("Name (kind, required): what for; and so on. Kinds: text, customer, item, invoice, month, client"),
            control=Control.AREA,
        ),
        "settings": Shown(N_("Settings"), N_("name=value; and so on")),
        "workflows": Shown(N_("Workflows"), N_("Codes of those that it goes through")),
        "shipped": Shown(N_("Take the one that Counterfoil brings along"), control=Control.YES),
    },
    withdraw=N_("Take the agent out of use"),
    withdrawing=N_("It is no prompt any more."),
)
SKILLS = Described(
    title=N_("Skills"),
    about=N_(
        "How something is done here, written for assistants: folders of files that each connected client can read."
    ),
    one=N_("skill"),
    code=N_("Code"),
    new=N_("Add a skill or a file"),
    columns=("name", "description"),
    fields={
        "name": Shown(N_("Title")),
        "description": Shown(N_("When it is of use"), control=Control.AREA),
        "path": Shown(N_("File"), N_("Below the skill's folder; SKILL.md if left out")),
        "content": Shown(N_("Text of the file"), control=Control.TALL),
        "settings": Shown(N_("Settings"), N_("name=value; what it is to know of this organization alone")),
        "shipped": Shown(N_("Take the one that Counterfoil brings along"), control=Control.YES),
    },
    withdraw=N_("Take it out of use"),
    withdrawing=N_("It is offered no more. With the code skill/path, that file is taken away."),
)
BANK_ACCOUNTS = Described(
    title=N_("Bank accounts"),
    about=N_("What documents ask to be paid to."),
    one=N_("bank account"),
    code=N_("Code"),
    new=N_("Add a bank account"),
    columns=("iban", "account_number", "bank_name", "currency", "default"),
    fields={
        "account_holder": Shown(N_("Account holder"), N_("Empty: the organization")),
        "bank_name": Shown(N_("Bank")),
        "iban": Shown(N_("IBAN")),
        "bic": Shown(N_("BIC")),
        "account_number": Shown(N_("Account number"), N_("Where there is no IBAN")),
        "routing_number": Shown(N_("Routing number"), N_("Of the bank, with an account number")),
        "currency": Shown(N_("Currency"), N_("Of the documents that print it; empty: all")),
        "purpose": Shown(
            N_("Printed on"),
            control=Control.CHOICE,
            choices=(
                ("", N_("All documents")),
                ("domestic", N_("Documents within the country")),
                ("foreign", N_("Documents to other countries")),
                ("payee", N_("Documents paid to somebody else")),
            ),
        ),
        "account_type": Shown(N_("Kind of account number"), N_("bankgiro or plusgiro (SE), fik (DK)")),
        "reference_rule": Shown(N_("References of payers"), N_("Empty for the usual way, none, rf, or the country's")),
        "default": Shown(N_("The one that all other documents print"), control=Control.YES),
    },
    withdraw=N_("Take the account out of use"),
    withdrawing=N_("Documents print it no more."),
)

DESCRIBED: Mapping[Part, Described] = {
    Part.TAX_CODES: TAX_CODES,
    Part.TAX_AUTHORITIES: TAX_AUTHORITIES,
    Part.JURISDICTIONS: JURISDICTIONS,
    Part.PAYMENT_TERMS: PAYMENT_TERMS,
    Part.SERIES: SERIES,
    Part.TRANSACTION_TYPES: TRANSACTION_TYPES,
    Part.ACCOUNTS: ACCOUNTS,
    Part.POSTING_PROFILES: POSTING_PROFILES,
    Part.DIMENSIONS: DIMENSIONS,
    Part.WORKFLOWS: WORKFLOWS,
    Part.AGENTS: AGENTS,
    Part.SKILLS: SKILLS,
    Part.BANK_ACCOUNTS: BANK_ACCOUNTS,
}
PARTS_BY_ROOM: Mapping[str, Described] = {slug_of(part): described for part, described in DESCRIBED.items()}
"""The parts by the names that their rooms have in addresses."""
