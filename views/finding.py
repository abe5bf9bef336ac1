"""What is found from anywhere: a document, a customer, an organization, a page or an act, each with where it leads."""

from __future__ import annotations

from collections.abc import Sequence

from invoicing.master_data.records import Customer
from invoicing.organizations import OrganizationRef
from operations.finding_invoices import ListedInvoice
from views.base import View
from views.organizations import place_of


class Lead(View):
    """Something that was found. `about` tells it from what is called alike."""

    name: str
    about: str
    address: str


class Leads(View):
    """What was found of one kind. `whose` is the organization of which it is, empty where each is one itself."""

    name: str
    whose: str
    leads: list[Lead]


def document_leads(found: Sequence[ListedInvoice], organization: OrganizationRef) -> list[Lead]:
    place = place_of(organization)
    return [
        Lead(name=one.header.number, about=one.header.customer_name, address=f"{place}/invoices/{one.header.id}")
        for one in found
    ]


def customer_leads(found: Sequence[Customer], organization: OrganizationRef) -> list[Lead]:
    place = place_of(organization)
    return [Lead(name=one.name, about=one.city, address=f"{place}/customers/{one.id}") for one in found]


def organization_leads(found: Sequence[OrganizationRef]) -> list[Lead]:
    return [Lead(name=one.name, about=one.handle, address=place_of(one)) for one in found]
