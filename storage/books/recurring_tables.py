"""Tables of recurring work: what was drafted for which month, and how a practice bills its clients."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Index
from sqlmodel import Field

from storage.books.settings_tables import BooksTable
from storage.queries.cache import NO_SETTING
from storage.queries.statements import table_of
from storage.queries.types import DecimalText, UtcDateTime


class RecurringDraft(BooksTable, table=True):
    """The draft that was made for a month from an earlier invoice."""

    __tablename__ = "recurring_drafts"
    __table_args__ = (Index("ix_recurring_drafts_month", "month", "source_id"),)

    position: int = Field(primary_key=True)
    month: str
    source_id: str = Field(foreign_key="documents.id")
    draft: str
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    recorded_by: str


class BillingPlan(BooksTable, table=True):
    """What a practice bills one of its clients for, month by month: `client_id` is the organization, which the `id`
    begins with, `customer_id` the customer of the practice that it is.
    """

    __tablename__ = "billing_plans"

    id: str = Field(primary_key=True)
    name: str
    client_id: str
    customer_id: str = Field(foreign_key="customers.id")
    kind: str
    price: Decimal = Field(sa_type=DecimalText)
    currency: str
    item_id: str = ""
    tax_code: str = ""
    first_month: str
    last_month: str = ""
    active: bool = True


class BillingHours(BooksTable, table=True):
    """Hours that somebody of the practice worked for a client."""

    __tablename__ = "billing_hours"
    __table_args__ = (Index("ix_billing_hours_client", "client_id", "day"),)

    id: str = Field(primary_key=True)
    client_id: str
    day: date
    hours: Decimal = Field(sa_type=DecimalText)
    description: str
    who: str
    active: bool = True


class BilledPeriod(BooksTable, table=True):
    """That a draft bills a plan for a month, and what was counted for it."""

    __tablename__ = "billed_periods"
    __table_args__ = (Index("ix_billed_periods_plan", "plan", "month"),)

    position: int = Field(primary_key=True)
    plan: str = Field(foreign_key="billing_plans.id")
    client_id: str
    month: str
    draft: str
    quantity: Decimal = Field(sa_type=DecimalText)
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    recorded_by: str


class BilledHours(BooksTable, table=True):
    """Which hours a billed period counts."""

    __tablename__ = "billed_hours"
    __table_args__ = (Index("ix_billed_hours_hours", "hours_id"),)

    period: int = Field(primary_key=True, foreign_key="billed_periods.position")
    hours_id: str = Field(primary_key=True, foreign_key="billing_hours.id")


for _model in (RecurringDraft, BillingHours, BilledPeriod, BilledHours):
    table_of(_model).info.update(NO_SETTING)
