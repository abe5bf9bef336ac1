"""Mandates of an organization: which hold for it, and who answers for how documents are handed in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from sqlmodel import Session

from invoicing.countries import country
from invoicing.countries.mandates import NoMandate, PlannedMandate, Requirement
from invoicing.document.law_of_form import BUYER_VAT_NUMBER, seller_situation
from invoicing.document.mandates import Acknowledgement, Held, assumed_turnover, mandates_of
from invoicing.document.readiness import check_country
from invoicing.master_data.profiles import Profile
from invoicing.refusals import Conflict, InvalidInput, NotFound
from invoicing.remedies import Act
from invoicing.text.codes import small_letters
from invoicing.text.typed import clean_line, quoted
from operations.access import Office, require
from operations.rights import Right
from storage.books import audit, drafts
from storage.books.mandates import add_acknowledgement, standing_acknowledgements
from storage.books.pool import Books
from storage.books.profile import load_profile
from storage.books.states import settings_state

HANDED_IN_LENGTH_MAX = 200


@dataclass(frozen=True, slots=True)
class MandateState:
    """A mandate that concerns the organization, and how its documents are handed in, where somebody has said so."""

    held: Held
    acknowledgement: Acknowledgement | None


@dataclass(frozen=True, slots=True)
class MandatesOfOrganization:
    """All that the law says of the form of an organization's documents. `assumed_turnover` is the bound below which it
    is taken to be, where it states no turnover and that decides something; `others` are acknowledgements of single
    drafts, of particulars, and of mandates that do not concern it now.
    """

    country: str
    policy: str
    states: tuple[MandateState, ...]
    none: tuple[NoMandate, ...]
    planned: tuple[PlannedMandate, ...]
    requirements: tuple[Requirement, ...]
    assumed_turnover: int | None
    currency: str
    others: tuple[Acknowledgement, ...]


async def get_mandates(books: Books) -> MandatesOfOrganization:
    """The mandates that concern the organization now or within a year.

    Raises:
        NotReady: the organization has no country yet.
    """

    return await books.read(lambda db: mandates_in(db, books, load_profile(db)))


async def acknowledge_mandate(
    office: Office, books: Books, code: str, *, handed_in: str, draft: str = ""
) -> MandatesOfOrganization:
    """Put on record how documents of a mandate are handed in, or, for one draft, why it is right as it is.

    Raises:
        NotAllowed: anyone but a person of the practice.
        InvalidInput: an unknown code, no text, or what each document must show and no draft.
        NotFound: no such draft.
    """
    require(Right.ACKNOWLEDGE_MANDATE, books.organization, office.principal)
    said = clean_line(handed_in, field="handed_in", limit=HANDED_IN_LENGTH_MAX, required=True)
    return await books.write(lambda db: _record(db, books, code, said, draft))


async def withdraw_acknowledgement(
    office: Office, books: Books, code: str, *, draft: str = ""
) -> MandatesOfOrganization:
    """Withdraw what was acknowledged; the record of it stays.

    Raises:
        NotAllowed: anyone but a person of the practice.
        Conflict: nothing stands to be withdrawn.
    """
    require(Right.WITHDRAW_ACKNOWLEDGEMENT, books.organization, office.principal)

    def work(db: Session) -> MandatesOfOrganization:
        wanted = small_letters(code)
        standing = standing_acknowledgements(db)
        if not any((one.code, one.draft) == (wanted, draft.strip()) for one in standing):
            raise Conflict(f"code: nothing is acknowledged for {quoted(wanted)}.", field="code")
        return _record(db, books, code, "", draft)

    return await books.write(work)


def mandates_in(db: Session, books: Books, profile: Profile) -> MandatesOfOrganization:
    """The mandates that concern the organization today, at its own place, or within a year."""
    on = books.clock().astimezone(ZoneInfo(profile.time_zone)).date()
    check_country(profile)
    standing = standing_acknowledgements(db)
    whole = {one.code: one for one in standing if not one.draft}
    rules, seller = country(profile.country), seller_situation(profile)
    states = tuple(MandateState(held, whole.get(held.mandate.code)) for held in mandates_of(seller, on))
    shown = [state.acknowledgement for state in states]
    return MandatesOfOrganization(
        country=rules.name,
        policy=profile.mandates,
        states=states,
        none=rules.no_mandates,
        planned=rules.planned_mandates,
        requirements=rules.requirements,
        assumed_turnover=assumed_turnover(seller, on),
        currency=rules.currency,
        others=tuple(one for one in standing if one not in shown),
    )


def unacknowledged(found: MandatesOfOrganization) -> MandatesOfOrganization:
    """The mandates of an organization that begins: nobody has said yet how their documents are handed in."""
    return replace(found, states=tuple(replace(state, acknowledgement=None) for state in found.states), others=())


def _record(db: Session, books: Books, code: str, handed_in: str, draft: str) -> MandatesOfOrganization:
    profile = load_profile(db)
    wanted, draft = small_letters(code), draft.strip()
    _check_code(profile, wanted, of_draft=bool(draft))
    customer = _customer_of(db, draft) if draft and handed_in else ""
    now, by = books.clock(), books.actor
    add_acknowledgement(db, Acknowledgement(wanted, handed_in, now, by, draft=draft, customer=customer))
    act = "acknowledge_mandate" if handed_in else "withdraw_mandate_acknowledgement"
    detail: dict[str, object] = {"handed_in": handed_in, "draft": draft, "settings": settings_state(db)}
    audit.record(db, act, wanted, at=now, by=by, detail=detail)
    return mandates_in(db, books, profile)


def _customer_of(db: Session, draft: str) -> str:
    """The customer's id; the statement does not pass to another one's document."""
    found = drafts.draft_by_id(db, draft)
    if found is None:
        raise NotFound("draft: no such draft here. What is issued is issued.", field="draft", remedy=Act.FIND_DRAFT)
    return found[0].customer


def _check_code(profile: Profile, code: str, *, of_draft: bool) -> None:
    check_country(profile)
    rules = country(profile.country)
    mandates = [one.code for one in rules.mandates]
    particulars = [BUYER_VAT_NUMBER, *(one.code for one in rules.requirements)]
    always_of_one = [BUYER_VAT_NUMBER, *(one.code for one in rules.requirements if one.required)]
    if code in always_of_one and not of_draft:
        raise InvalidInput(f"draft is required: {code} is answered for draft by draft.", field="draft")
    if code not in (*mandates, *particulars):
        raise InvalidInput(
            f"code: no such mandate in {rules.name}. Known: {', '.join([*mandates, *particulars])}.", field="code"
        )
