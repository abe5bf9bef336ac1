"""The clients of a practice as cards: what tells them apart, and what one would open them for."""

from __future__ import annotations

from invoicing.organizations import Environment
from invoicing.render.formats import formats_for
from operations.summaries import Standing
from views.base import View
from views.heads import hue_of, monogram_of
from views.organizations import place_of
from views.remedies import Words, told


class ClientCard(View):
    """A client at a glance. `state` is `ready`, `not_ready`, or `unknown` where its books cannot be read; `lacks` says
    what the matter is then. `overdue` are amounts with their currencies, and `active` the day of the last act there;
    both are empty where there is none.
    """

    name: str
    handle: str
    address: str
    monogram: str
    hue: int
    sandbox: bool
    country: str
    state: str
    lacks: list[str]
    documents: int
    drafts: int
    waiting: int
    overdue: list[str]
    active: str


def client_card(standing: Standing, locale: str, words: Words) -> ClientCard:
    """The card of a client, written as the locale has it."""
    organization, summary = standing.organization, standing.summary
    state = "unknown" if summary is None else "not_ready" if standing.blockers else "ready"
    active = standing.last_active_on
    return ClientCard(
        name=organization.name,
        handle=organization.handle,
        address=place_of(organization),
        monogram=monogram_of(organization.name),
        hue=hue_of(organization),
        sandbox=organization.environment is Environment.SANDBOX,
        country=organization.country,
        state=state,
        lacks=[told(one, words) for one in standing.blockers],
        documents=summary.documents if summary else 0,
        drafts=summary.drafts if summary else 0,
        waiting=summary.awaiting_approval if summary else 0,
        overdue=[
            formats_for(locale, one.currency).money(one.overdue_minor) for one in standing.figures if one.overdue_minor
        ],
        active=formats_for(locale, organization.currency).date(active) if active else "",
    )
