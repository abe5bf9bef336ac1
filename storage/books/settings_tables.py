"""Tables of one organization's settings, which lie in its books."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import BigInteger, ForeignKeyConstraint, MetaData
from sqlmodel import Field, SQLModel

from storage.queries.cache import NO_SETTING
from storage.queries.statements import table_of
from storage.queries.types import DecimalText, UtcDateTime


class BooksTable(SQLModel):
    """Base of the books' tables."""

    metadata: ClassVar[MetaData] = MetaData()


class Identity(BooksTable, table=True):
    """Whose books these are: one row, compared with what the directory expects on every open."""

    __tablename__ = "identity"

    id: int = Field(default=1, primary_key=True)
    organization_id: str
    stamped_at: datetime = Field(sa_type=UtcDateTime)


class Profile(BooksTable, table=True):
    """The organization as its documents show it, and its defaults: one row."""

    __tablename__ = "profile"

    id: int = Field(default=1, primary_key=True)
    name: str
    legal_name: str = ""
    environment: str
    country: str = ""
    currency: str = ""
    locale: str = "en_GB"
    time_zone: str = "UTC"
    accounting_standard: str = ""
    tax_system: str = ""
    chart_of_accounts: str = ""
    line1: str = ""
    line2: str = ""
    postal_code: str = ""
    city: str = ""
    region: str = ""
    tax_number: str = ""
    registration_number: str = ""
    tax_office_number: str = ""
    email: str = ""
    phone: str = ""
    website: str = ""
    account_holder: str = ""
    bank_name: str = ""
    iban: str = ""
    bic: str = ""
    account_number: str = ""
    routing_number: str = ""
    footer: str = ""
    prices_include_tax: bool = False
    future_days: int = 0
    rounding: str = "sum_of_lines"
    small_business: bool = False
    vat_registration: str = ""
    mandates: str = "refuse"
    annual_turnover: str = ""
    payment_qr: bool = True
    second_language: str = ""
    brand_color: str = ""
    logo: str = ""
    logo_sha256: str = ""
    write_off_limit: str = "5"
    tax_due: str = "supply"
    particulars: str = ""
    trading_name: str = ""
    contact: str = ""
    identifier: str = ""
    e_invoice_address: str = ""


class MandateAcknowledgement(BooksTable, table=True):
    """How documents of a mandate, or one document, are handed in, said by a person; a later row withdraws it."""

    __tablename__ = "mandate_acknowledgements"

    position: int = Field(primary_key=True)
    code: str
    draft: str = ""
    customer: str = ""
    handed_in: str = ""
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    recorded_by: str


class Account(BooksTable, table=True):
    __tablename__ = "accounts"

    number: str = Field(primary_key=True)
    name: str
    type: str
    active: bool = True


class TaxAuthority(BooksTable, table=True):
    __tablename__ = "tax_authorities"

    name: str = Field(primary_key=True)
    country: str


class TaxCode(BooksTable, table=True):
    __tablename__ = "tax_codes"

    code: str = Field(primary_key=True)
    name: str
    category: str
    label: str
    reason: str = ""
    reason_local: str = ""
    reason_code: str = ""
    is_default: bool = False
    active: bool = True
    revenue_account: str = ""


class TaxRate(BooksTable, table=True):
    __tablename__ = "tax_rates"

    code: str = Field(primary_key=True, foreign_key="tax_codes.code")
    valid_from: date = Field(primary_key=True)
    valid_until: date | None = None
    percent: Decimal = Field(sa_type=DecimalText)


class TaxJurisdiction(BooksTable, table=True):
    """One part of a tax code that is a stack of jurisdictions, such as a state, a county or a city."""

    __tablename__ = "tax_jurisdictions"

    code: str = Field(primary_key=True, foreign_key="tax_codes.code")
    position: int = Field(primary_key=True)
    name: str
    level: str


class TaxJurisdictionRate(BooksTable, table=True):
    __tablename__ = "tax_jurisdiction_rates"
    __table_args__ = (
        ForeignKeyConstraint(["code", "position"], ["tax_jurisdictions.code", "tax_jurisdictions.position"]),
    )

    code: str = Field(primary_key=True)
    position: int = Field(primary_key=True)
    valid_from: date = Field(primary_key=True)
    valid_until: date | None = None
    percent: Decimal = Field(sa_type=DecimalText)


class Jurisdiction(BooksTable, table=True):
    """A jurisdiction of tax or payroll, as the organization knows it."""

    __tablename__ = "jurisdictions"

    code: str = Field(primary_key=True)
    name: str
    level: str
    kind: str
    authority: str = ""
    active: bool = True


class JurisdictionRate(BooksTable, table=True):
    """What a jurisdiction of tax takes: the parts of stacks that are of it follow it."""

    __tablename__ = "jurisdiction_rates"

    jurisdiction: str = Field(primary_key=True, foreign_key="jurisdictions.code")
    valid_from: date = Field(primary_key=True)
    valid_until: date | None = None
    percent: Decimal = Field(sa_type=DecimalText)


class WithholdingCode(BooksTable, table=True):
    """A tax that the buyer withholds from the payment, such as Spain's IRPF."""

    __tablename__ = "withholding_codes"

    code: str = Field(primary_key=True)
    name: str
    label: str
    article: str


class WithholdingRate(BooksTable, table=True):
    __tablename__ = "withholding_rates"

    code: str = Field(primary_key=True, foreign_key="withholding_codes.code")
    valid_from: date = Field(primary_key=True)
    valid_until: date | None = None
    percent: Decimal = Field(sa_type=DecimalText)


class PaymentTerm(BooksTable, table=True):
    __tablename__ = "payment_terms"

    code: str = Field(primary_key=True)
    name: str
    days: int
    is_default: bool = False
    end_of_month: bool = False
    day_of_month: int = 0
    active: bool = True
    discount_percent: Decimal = Field(default=Decimal(0), sa_type=DecimalText)
    discount_days: int = 0
    instalments: str = ""


class BankAccount(BooksTable, table=True):
    """Where buyers pay; the details of the default one stand in the profile."""

    __tablename__ = "bank_accounts"

    code: str = Field(primary_key=True)
    account_holder: str = ""
    bank_name: str = ""
    iban: str = ""
    bic: str = ""
    account_number: str = ""
    routing_number: str = ""
    currency: str = ""
    is_default: bool = False
    active: bool = True
    purpose: str = ""
    account_type: str = ""
    reference_rule: str = ""


class Dimension(BooksTable, table=True):
    """What lines are told apart by, such as cost centres: the organization's own."""

    __tablename__ = "dimensions"

    code: str = Field(primary_key=True)
    name: str
    required: bool = False
    active: bool = True


class DimensionValue(BooksTable, table=True):
    __tablename__ = "dimension_values"

    dimension: str = Field(primary_key=True, foreign_key="dimensions.code")
    code: str = Field(primary_key=True)
    name: str
    active: bool = True


class PostingProfile(BooksTable, table=True):
    __tablename__ = "posting_profiles"

    name: str = Field(primary_key=True)
    receivable: str = Field(foreign_key="accounts.number")
    revenue: str = Field(foreign_key="accounts.number")
    tax_payable: str = Field(foreign_key="accounts.number")
    discount: str = Field(foreign_key="accounts.number")
    rounding: str = Field(foreign_key="accounts.number")
    bank: str = Field(foreign_key="accounts.number")
    write_off: str | None = Field(default=None, foreign_key="accounts.number")
    bank_charges: str | None = Field(default=None, foreign_key="accounts.number")
    exchange_gain: str | None = Field(default=None, foreign_key="accounts.number")
    exchange_loss: str | None = Field(default=None, foreign_key="accounts.number")
    withheld_tax: str | None = Field(default=None, foreign_key="accounts.number")
    customer_credit: str | None = Field(default=None, foreign_key="accounts.number")
    advances: str | None = Field(default=None, foreign_key="accounts.number")
    passed_on: str | None = Field(default=None, foreign_key="accounts.number")


class NumberSeries(BooksTable, table=True):
    __tablename__ = "number_series"

    code: str = Field(primary_key=True)
    kind: str
    pattern: str
    is_default: bool = True
    first_sequence: int = 1
    first_period: str = ""


class SeriesPeriod(BooksTable, table=True):
    """How far a series has come in a period; the next document takes `next_sequence`."""

    __tablename__ = "series_periods"

    series: str = Field(primary_key=True, foreign_key="number_series.code")
    period: str = Field(primary_key=True)
    next_sequence: int = 1


class TransactionType(BooksTable, table=True):
    """Which series and posting profile a kind of transaction uses."""

    __tablename__ = "transaction_types"

    name: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    series: str = Field(foreign_key="number_series.code")
    posting_profile: str = Field(foreign_key="posting_profiles.name")


class Workflow(BooksTable, table=True):
    """Which documents wait for approval: those of a kind for which the conditions of step 0 hold."""

    __tablename__ = "workflows"

    code: str = Field(primary_key=True)
    name: str
    kind: str
    active: bool = True


class WorkflowStep(BooksTable, table=True):
    """Who approves, in the order of `position`, from 1 on; `apart`: it must be somebody else than who prepared it."""

    __tablename__ = "workflow_steps"

    workflow: str = Field(primary_key=True, foreign_key="workflows.code")
    position: int = Field(primary_key=True)
    approver: str
    apart: bool = False


class WorkflowCondition(BooksTable, table=True):
    """What must hold for a step, or with `step` 0 for the whole workflow. What is not used by `subject` is empty."""

    __tablename__ = "workflow_conditions"

    workflow: str = Field(primary_key=True, foreign_key="workflows.code")
    step: int = Field(primary_key=True)
    position: int = Field(primary_key=True)
    subject: str
    comparison: str = ""
    value: str = ""
    currency: str = ""


class PeriodClosing(BooksTable, table=True):
    """Up to the end of which month nothing is dated any more; a later row says anew, and an empty month opens all."""

    __tablename__ = "period_closings"

    position: int = Field(primary_key=True)
    closed_through: str
    reason: str = ""
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    recorded_by: str


class ChangeMark(BooksTable, table=True):
    """One row with a number that is another one after each change of settings; none before the first."""

    __tablename__ = "change_marks"

    id: int = Field(default=1, primary_key=True)
    mark: int = Field(sa_type=BigInteger)


BOOKS_METADATA = BooksTable.metadata
for _model in (SeriesPeriod, ChangeMark):
    table_of(_model).info.update(NO_SETTING)
