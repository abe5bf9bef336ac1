"""The table of rights, cell by cell: in docs, in code, and in what each act does when somebody tries it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from invoicing.organizations import (
    EVERYTHING,
    READ_ONLY,
    ClientMay,
    CredentialKind,
    OrganizationKind,
    OrganizationRef,
    Scope,
    Scopes,
    client_may_text,
)
from invoicing.refusals import NotAllowed, Refusal
from operations.access import Office, open_books, require, standing_of
from operations.credentials import create_key, create_token, digest_of, principal_of
from operations.known_credentials import revoke_credential
from operations.mandates import acknowledge_mandate, withdraw_acknowledgement
from operations.membership import remove_user
from operations.onboarding import ClientRequest, create_client_organization
from operations.people import rename_user
from operations.profile import update_organization
from operations.pushing.pushing import PushRequest, push_configuration
from operations.recovery import bring_back_books
from operations.rights import RIGHT_OF_FIELD, RIGHTS, Grant, Right, Rule, Standing
from storage.books.pool import Books
from storage.directory.credentials import Bearer, bearer_of
from tests.support.people import another_practice, as_seen_by, colleague, refusal
from tests.support.practice import Practice, practice

PAGE = Path(__file__).parents[2] / "docs" / "rights.md"


@dataclass(frozen=True, slots=True)
class Somebody:
    """Somebody with a standing: what they act through, and the organization that they act in."""

    office: Office
    place: OrganizationRef

    def books(self, one: Practice) -> Books:
        """The organization's books as if they had been opened: what is asked there is the operation's to ask."""
        return replace(one.books(one.organization), organization=self.place)


async def bearer_in(one: Practice, place: OrganizationRef, kind: CredentialKind) -> Somebody:
    made = await create_key(one.office, place, "Till", kind=kind, scopes=EVERYTHING)
    bearer = await one.store.directory.read(lambda db: bearer_of(db, digest_of(made.secret), now=one.clock()))
    assert isinstance(bearer, Bearer)
    office = replace(one.office, principal=principal_of(bearer))
    return Somebody(office, await as_seen_by(office, place))


async def everybody(one: Practice, client: OrganizationRef) -> dict[Standing, Somebody]:
    """One of each standing, each at the client or at the standalone organization."""
    alone_owner, alone = await another_practice(one, kind=OrganizationKind.STANDARD)
    limited = await colleague(one, one.organization, "accountant", all_clients=False, clients=[client])
    offices = {
        Standing.PRACTICE_OWNER: (one.office, client),
        Standing.PRACTICE_ACCOUNTANT: (await colleague(one, one.organization, "accountant"), client),
        Standing.LIMITED_STAFF: (limited, client),
        Standing.STANDALONE_OWNER: (alone_owner, alone),
        Standing.STANDALONE_ACCOUNTANT: (await colleague(one, alone, "accountant"), alone),
        Standing.CLIENT_OWNER: (await colleague(one, client, "owner"), client),
        Standing.CLIENT_ACCOUNTANT: (await colleague(one, client, "accountant"), client),
        Standing.VIEWER: (await colleague(one, one.organization, "viewer"), client),
        Standing.CLIENT_USER: (await colleague(one, client, "client"), client),
    }
    found = {
        standing: Somebody(office, await as_seen_by(office, place)) for standing, (office, place) in offices.items()
    }
    found[Standing.API_KEY] = await bearer_in(one, client, CredentialKind.KEY)
    found[Standing.SECRET_LINK] = await bearer_in(one, client, CredentialKind.LINK)
    return found


async def let(one: Practice, client: OrganizationRef, words: Iterable[ClientMay]) -> None:
    """Let the client's own people do this, as the practice's owner does."""
    books = one.books(await as_seen_by(one.office, client))
    await update_organization(one.office, books, {"client_may": client_may_text(words)})


def written() -> dict[str, tuple[str, ...]]:
    """The rows of the table in docs, by the act."""
    lines = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ")]
    cells = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines]
    return {row[0]: row[1:] for row in cells if not row[0].startswith("---")}


def test_the_table_in_docs_is_the_one_that_is_asked() -> None:
    coded = {
        f"*{rule.doing}*" if rule.coming else rule.doing: (
            f"`{rule.scope}`",
            f"`{rule.let_as}`" if rule.let_as else "",
            *(rule.grant(standing).value for standing in Standing),
        )
        for rule in RIGHTS.values()
    }
    assert written() == {"act": ("scope", "let as", *(standing.value for standing in Standing))} | coded
    assert list(RIGHTS) == list(Right)


def test_what_can_be_let_has_a_word_for_it_once_it_can_be_done() -> None:
    for act, rule in RIGHTS.items():
        assert (rule.let_as is not None) is (bool(rule.if_let) and not (rule.coming or rule.let_by_step)), act
        assert not rule.if_let & {Standing.API_KEY, Standing.SECRET_LINK}, act
    assert {rule.let_as for rule in RIGHTS.values()} == {None, *ClientMay}


NOTHING_OR_EVERYTHING = ((), tuple(ClientMay))


@pytest.mark.parametrize("words", [*NOTHING_OR_EVERYTHING, *((word,) for word in ClientMay)])
async def test_everybody_may_what_their_cell_says(tmp_path: Path, words: tuple[ClientMay, ...]) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        client = one.first_client
        await let(one, client, words)
        people = await everybody(one, client)
        assert {standing: standing_of(each.office.principal, each.place) for standing, each in people.items()} == {
            standing: standing for standing in Standing
        }
        for act, rule in RIGHTS.items():
            allowed = {}
            for standing, each in people.items():
                allowed[standing] = True
                try:
                    require(act, each.place, each.office.principal)
                except NotAllowed:
                    allowed[standing] = False
            assert allowed == {standing: is_expected(rule, standing, words) for standing in Standing}, act


def is_expected(rule: Rule, standing: Standing, words: tuple[ClientMay, ...]) -> bool:
    match rule.grant(standing):
        case Grant.IF_LET:
            return rule.let_by_step or rule.let_as in words
        case granted:
            return granted is Grant.MAY


async def test_the_practices_people_have_the_same_rights_in_the_practice_itself(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        client = one.first_client
        accountant = await colleague(one, one.organization, "accountant")
        limited = await colleague(one, one.organization, "accountant", all_clients=False, clients=[client])
        expected = (Standing.PRACTICE_OWNER, Standing.PRACTICE_ACCOUNTANT, Standing.LIMITED_STAFF)
        for office, standing in zip((one.office, accountant, limited), expected, strict=True):
            assert standing_of(office.principal, await as_seen_by(office, one.organization)) is standing


async def nobody(done: int, of: int) -> None:
    """Nobody waits."""


def operations(one: Practice, each: Somebody, *, token: str, key: str) -> dict[Right, Callable[[], Awaitable[object]]]:
    """What somebody does for each act that an operation asks the table for itself; `token` is a member's, `key` the
    organization's.
    """
    office, books, place = each.office, each.books(one), each.place
    values: dict[str, str | bool | int] = {"prices_include_tax": True, "small_business": False, "payment_qr": True}
    values |= {"rounding": "per_line", "future_days": 3, "mandates": "warn", "named_writes": "live", "iban": ""}
    acts: dict[Right, Callable[[], Awaitable[object]]] = {
        RIGHT_OF_FIELD[field]: lambda change={field: value}: update_organization(office, books, change)  # type: ignore[misc]  # Bound now.
        for field, value in values.items()
    }
    rename = Right.RENAME_CLIENT if place.partner_id else Right.RENAME
    return acts | {
        Right.UPDATE_PROFILE: lambda: update_organization(office, books, {"phone": "1"}),
        rename: lambda: update_organization(office, books, {"name": f"Bakery of {office.principal.label[:20]}"}),
        Right.LET_CLIENT: lambda: update_organization(office, books, {"client_may": client_may_text(place.client_may)}),
        Right.STATE_OWNER_ADDRESS: lambda: update_organization(office, books, {"owner_email": "ana@example.com"}),
        Right.ACKNOWLEDGE_MANDATE: lambda: acknowledge_mandate(office, books, "it-sdi", handed_in="by us"),
        Right.WITHDRAW_ACKNOWLEDGEMENT: lambda: withdraw_acknowledgement(office, books, "it-sdi"),
        Right.CREATE_CREDENTIAL: lambda: create_key(office, place, "Till", kind=CredentialKind.KEY, scopes=EVERYTHING),
        Right.REVOKE_CREDENTIAL: lambda: revoke_credential(office, kind=CredentialKind.KEY, key=key),
        Right.REVOKE_TOKEN: lambda: revoke_credential(office, kind=CredentialKind.TOKEN, key=token),
        Right.CREATE_CLIENT: lambda: create_client_organization(
            office, ClientRequest(name="New Client", country="GB", dry_run=True)
        ),
        Right.PUSH_CONFIGURATION: lambda: push_configuration(office, PushRequest(parts=("accounts",)), progress=nobody),
        Right.BRING_BACK_BOOKS: lambda: bring_back_books(office, place, reason="The disk broke."),
        Right.MANAGE_PEOPLE: lambda: remove_user(office, place, "nobody@example.com"),
        Right.RENAME_USER: lambda: rename_user(office, "member@example.com", "member@example.org"),
    }


@pytest.mark.parametrize("words", NOTHING_OR_EVERYTHING)
@pytest.mark.parametrize("standing", Standing)
async def test_each_operation_asks_the_table(tmp_path: Path, standing: Standing, words: tuple[ClientMay, ...]) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        client = one.first_client
        await let(one, client, words)
        people = await everybody(one, client)
        each = people[standing]
        await colleague(one, each.place, "viewer", email="member@example.com")
        owner = people[Standing.PRACTICE_OWNER if each.place.partner_id else Standing.STANDALONE_OWNER]
        token = await create_token(one.office, "member@example.com", scopes=EVERYTHING)
        key = await create_key(owner.office, owner.place, "Theirs", kind=CredentialKind.KEY, scopes=EVERYTHING)
        refused, expected = {}, {}
        for act, attempt in operations(one, each, token=token.prefix, key=key.prefix).items():
            refused[act], expected[act] = False, not is_expected(RIGHTS[act], standing, words)
            try:
                # What is refused for another reason was allowed.
                with suppress(*(kind for kind in Refusal.__subclasses__() if kind is not NotAllowed)):
                    await attempt()
            except NotAllowed:
                refused[act] = True
        assert refused == expected


@pytest.mark.parametrize(
    ("scopes", "allowed"),
    [
        (READ_ONLY, {Right.READ, Right.READ_ACTIVITY}),
        (
            Scopes({Scope.READ, Scope.DRAFT}),
            {
                Right.READ,
                Right.READ_ACTIVITY,
                Right.DRAFT,
                Right.SAVE_CUSTOMER,
                Right.SAVE_ITEM,
                Right.IMPORT_RECORDS,
            },
        ),
    ],
)
async def test_a_credential_gives_no_more_than_its_scopes_to_whomever(
    tmp_path: Path, scopes: Scopes, allowed: set[Right]
) -> None:
    async with practice(tmp_path) as one:
        owner = replace(one.office, principal=replace(one.office.principal, scopes=scopes))
        for act in Right:
            if act in allowed:
                assert open_books(owner, one.organization, act).organization == one.organization
                continue
            with pytest.raises(NotAllowed) as refused:
                open_books(owner, one.organization, act)
            said = "read-only" if scopes == READ_ONLY else f"lacks the scope {RIGHTS[act].scope}"
            assert said in refused.value.message


async def test_nobody_makes_a_credential_that_may_do_more_than_their_own(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        scopes = Scopes({Scope.READ, Scope.CREDENTIALS})
        owner = replace(one.office, principal=replace(one.office.principal, scopes=scopes))
        refused = await refusal(create_key(owner, one.organization, "Till", kind=CredentialKind.KEY, scopes=EVERYTHING))
        assert isinstance(refused, NotAllowed)
        await create_key(owner, one.organization, "Till", kind=CredentialKind.KEY, scopes=READ_ONLY)


async def test_what_follows_from_a_policy_changes_it_for_nobody_else(tmp_path: Path) -> None:
    """Regression: a client's key set `vat_registration`, and `small_business` followed."""
    async with practice(tmp_path, client="Harbour Bakery") as one:
        client = one.first_client
        key = (await everybody(one, client))[Standing.API_KEY]
        with pytest.raises(NotAllowed, match="small_business"):
            await update_organization(key.office, key.books(one), {"vat_registration": "small_business"})


async def test_a_refusal_says_what_was_wanted_and_who_can(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        people = await everybody(one, one.first_client)
        expected = {
            Standing.CLIENT_OWNER: "Changing the bank account is for the owner or an accountant of the practice to do,"
            " unless it lets its client (client_may: bank_account).",
            Standing.API_KEY: "Changing the bank account is for a person to do: an API key or a secret link cannot.",
            Standing.VIEWER: "The role viewer in harbour-bakery-sandbox does not allow this. An owner or accountant"
            " can do it.",
        }
        for standing, said in expected.items():
            each = people[standing]
            refused = await refusal(update_organization(each.office, each.books(one), {"iban": ""}))
            assert (type(refused), refused.field, refused.message) == (NotAllowed, "iban", said)
