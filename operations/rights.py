"""The table of rights: every act, against whatever somebody can be to an organization. It stands here once, and for
readers in docs/rights.md; `access.py` asks it.

Beside it, a credential's scopes say what may be done with it at most.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum

from invoicing.organizations import ClientMay, Scope


class Standing(Enum):
    """What somebody is to an organization; the value is how the table's column is headed.

    The practice's people have their role in it, and it reaches the organization: the practice itself or a client. A
    limited one of them reaches only some clients. A standalone organization has people of its own, and so may a client.
    """

    PRACTICE_OWNER = "practice owner"
    PRACTICE_ACCOUNTANT = "practice accountant"
    LIMITED_STAFF = "staff limited to some clients"
    STANDALONE_OWNER = "owner of a standalone organization"
    STANDALONE_ACCOUNTANT = "accountant of a standalone organization"
    CLIENT_OWNER = "a client's own owner"
    CLIENT_ACCOUNTANT = "a client's own accountant"
    VIEWER = "viewer"
    CLIENT_USER = "client user"
    API_KEY = "API key"
    SECRET_LINK = "secret link"  # noqa: S105  A standing, not a secret.


class Grant(Enum):
    """What the table says; the value is how a cell shows it. What is let is a practice's policy for a client."""

    MAY = "yes"
    IF_LET = "if let"
    MAY_NOT = "no"


class Right(StrEnum):
    """What somebody wants to do. A policy field is changed by an act of its own."""

    READ = "read"
    READ_ACTIVITY = "read_activity"
    DRAFT = "draft"
    SAVE_CUSTOMER = "save_customer"
    SAVE_ITEM = "save_item"
    IMPORT_RECORDS = "import_records"
    ISSUE = "issue"
    CREDIT = "credit"
    RECORD_PAYMENT = "record_payment"
    UPDATE_PROFILE = "update_profile"
    RENAME = "rename"
    RENAME_CLIENT = "rename_client"
    CHANGE_SETTINGS = "change_settings"
    CHANGE_BANK_ACCOUNT = "change_bank_account"
    SET_PRICES_INCLUDE_TAX = "set_prices_include_tax"
    SET_ROUNDING = "set_rounding"
    SET_WRITE_OFF_LIMIT = "set_write_off_limit"
    SET_TAX_DUE = "set_tax_due"
    SET_SMALL_BUSINESS = "set_small_business"
    SET_FUTURE_DAYS = "set_future_days"
    SET_PAYMENT_QR = "set_payment_qr"
    SET_MANDATES = "set_mandates"
    SET_NAMED_WRITES = "set_named_writes"
    ACKNOWLEDGE_MANDATE = "acknowledge_mandate"
    WITHDRAW_ACKNOWLEDGEMENT = "withdraw_acknowledgement"
    CREATE_CLIENT = "create_client"
    CREATE_CREDENTIAL = "create_credential"
    REVOKE_CREDENTIAL = "revoke_credential"
    REVOKE_TOKEN = "revoke_token"  # noqa: S105  An act, not a token.
    MANAGE_PEOPLE = "manage_people"
    RENAME_USER = "rename_user"
    STATE_OWNER_ADDRESS = "state_owner_address"
    SET_IDENTITY_PROVIDER = "set_identity_provider"
    BRING_BACK_BOOKS = "bring_back_books"
    ARCHIVE = "archive"
    GO_LIVE = "go_live"
    PUSH_CONFIGURATION = "push_configuration"
    ACT_FOR_CLIENTS = "act_for_clients"
    CHANGE_PERIODS = "change_periods"
    CHANGE_AGENTS = "change_agents"
    CHANGE_SKILLS = "change_skills"
    CHANGE_WORKFLOWS = "change_workflows"
    SET_HUMAN_APPROVAL = "set_human_approval"
    DECIDE_APPROVAL = "decide_approval"
    LET_CLIENT = "let_client"


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may do an act. `doing` names it at the beginning of a sentence; `let_as` is the word by which a practice lets
    it to those of its client whom it can let it. One that is `coming` cannot be done yet: its row is decided for
    whoever makes it, and nobody is let. With `let_by_step` it is the step of a workflow that lets them.
    """

    doing: str
    scope: Scope
    may: frozenset[Standing]
    if_let: frozenset[Standing] = frozenset()
    let_as: ClientMay | None = None
    coming: bool = False
    let_by_step: bool = False

    def grant(self, standing: Standing) -> Grant:
        if standing in self.may:
            return Grant.MAY
        return Grant.IF_LET if standing in self.if_let else Grant.MAY_NOT

    def allows(self, standing: Standing, let: frozenset[ClientMay]) -> bool:
        """Whether somebody may, at an organization whose practice lets it this."""
        match self.grant(standing):
            case Grant.MAY:
                return True
            case Grant.IF_LET:
                return self.let_by_step or self.let_as in let
            case Grant.MAY_NOT:
                return False


_PRACTICE_HEAD = frozenset({Standing.PRACTICE_OWNER, Standing.PRACTICE_ACCOUNTANT})
_PRACTICE = _PRACTICE_HEAD | {Standing.LIMITED_STAFF}
_OWNERS = frozenset({Standing.PRACTICE_OWNER, Standing.STANDALONE_OWNER})
# Who answers for the books of an organization: the practice, or where there is none, the owner.
_ANSWERABLE = _PRACTICE | {Standing.STANDALONE_OWNER}
_CLIENT_OWNER = frozenset({Standing.CLIENT_OWNER})
_WORKING_PEOPLE = _ANSWERABLE | {
    Standing.STANDALONE_ACCOUNTANT,
    Standing.CLIENT_OWNER,
    Standing.CLIENT_ACCOUNTANT,
}
_WORKING = _WORKING_PEOPLE | {Standing.API_KEY, Standing.SECRET_LINK}


def _answered_for(doing: str, let_as: ClientMay, scope: Scope = Scope.CONFIGURE) -> Rule:
    """What a practice decides for its client, unless it lets the client's owner."""
    return Rule(doing, scope, _ANSWERABLE, _CLIENT_OWNER, let_as)


RIGHTS: Mapping[Right, Rule] = {
    Right.READ: Rule("Looking at an organization", Scope.READ, frozenset(Standing)),
    Right.READ_ACTIVITY: Rule("Reading the activity log", Scope.READ, _WORKING_PEOPLE),
    Right.DRAFT: Rule("Drafting", Scope.DRAFT, _WORKING, frozenset({Standing.CLIENT_USER}), ClientMay.DRAFT),
    Right.SAVE_CUSTOMER: Rule("Saving a customer", Scope.DRAFT, _WORKING),
    Right.SAVE_ITEM: Rule("Saving an item", Scope.DRAFT, _WORKING),
    Right.IMPORT_RECORDS: Rule("Importing customers or items", Scope.DRAFT, _WORKING),
    Right.ISSUE: Rule("Issuing an invoice", Scope.ISSUE, _WORKING),
    Right.CREDIT: Rule("Issuing a credit note", Scope.ISSUE, _WORKING),
    Right.RECORD_PAYMENT: Rule("Recording a payment", Scope.ISSUE, _WORKING),
    Right.UPDATE_PROFILE: Rule("Changing profile or appearance", Scope.CONFIGURE, _WORKING),
    Right.RENAME: Rule("Renaming an organization that is no client", Scope.CONFIGURE, _WORKING),
    Right.RENAME_CLIENT: Rule("Renaming a client", Scope.CONFIGURE, _PRACTICE),
    Right.CHANGE_SETTINGS: Rule("Changing accounts, tax codes, terms, series or posting", Scope.CONFIGURE, _WORKING),
    Right.CHANGE_BANK_ACCOUNT: _answered_for("Changing the bank account", ClientMay.BANK_ACCOUNT),
    Right.SET_PRICES_INCLUDE_TAX: _answered_for("Setting the policy prices_include_tax", ClientMay.POLICY),
    Right.SET_ROUNDING: _answered_for("Setting the policy rounding", ClientMay.POLICY),
    Right.SET_WRITE_OFF_LIMIT: _answered_for("Setting the policy write_off_limit", ClientMay.POLICY),
    Right.SET_TAX_DUE: _answered_for("Setting the policy tax_due", ClientMay.POLICY),
    Right.SET_SMALL_BUSINESS: _answered_for("Setting the policy small_business", ClientMay.POLICY),
    Right.SET_FUTURE_DAYS: _answered_for("Setting the policy future_days", ClientMay.POLICY),
    Right.SET_PAYMENT_QR: _answered_for("Setting the policy payment_qr", ClientMay.POLICY),
    Right.SET_MANDATES: _answered_for("Setting the policy on mandates", ClientMay.MANDATES),
    Right.SET_NAMED_WRITES: Rule("Setting the policy named_writes", Scope.CONFIGURE, _OWNERS),
    Right.ACKNOWLEDGE_MANDATE: _answered_for("Acknowledging a mandate", ClientMay.MANDATES),
    Right.WITHDRAW_ACKNOWLEDGEMENT: _answered_for("Withdrawing an acknowledgement", ClientMay.MANDATES),
    Right.CREATE_CLIENT: Rule("Creating a client", Scope.CONFIGURE, _PRACTICE_HEAD),
    Right.CREATE_CREDENTIAL: _answered_for(
        "Creating an API key or a secret link", ClientMay.CREDENTIALS, Scope.CREDENTIALS
    ),
    Right.REVOKE_CREDENTIAL: _answered_for(
        "Revoking or waking an API key or a secret link", ClientMay.CREDENTIALS, Scope.CREDENTIALS
    ),
    Right.REVOKE_TOKEN: Rule(
        "Revoking or waking another person's token", Scope.CREDENTIALS, _OWNERS, _CLIENT_OWNER, ClientMay.PEOPLE
    ),
    Right.MANAGE_PEOPLE: Rule(
        "Saying who belongs to an organization", Scope.CREDENTIALS, _OWNERS, _CLIENT_OWNER, ClientMay.PEOPLE
    ),
    Right.RENAME_USER: Rule("Changing a user's address", Scope.CREDENTIALS, _OWNERS | _CLIENT_OWNER),
    Right.STATE_OWNER_ADDRESS: Rule("Stating the owner's address", Scope.CREDENTIALS, _OWNERS),
    Right.SET_IDENTITY_PROVIDER: Rule("Setting the identity provider", Scope.CREDENTIALS, _OWNERS),
    Right.BRING_BACK_BOOKS: Rule("Bringing back books that have lost something", Scope.CONFIGURE, _WORKING_PEOPLE),
    Right.ARCHIVE: Rule("Archiving an organization, or bringing it back", Scope.CONFIGURE, _ANSWERABLE),
    Right.GO_LIVE: Rule("Going live", Scope.CONFIGURE, _ANSWERABLE),
    Right.PUSH_CONFIGURATION: Rule("Pushing configuration to clients", Scope.CONFIGURE, _PRACTICE_HEAD),
    Right.ACT_FOR_CLIENTS: Rule("Drafting or issuing for several clients", Scope.ISSUE, _PRACTICE),
    Right.CHANGE_PERIODS: _answered_for("Closing or opening a period", ClientMay.PERIODS),
    Right.CHANGE_AGENTS: _answered_for("Changing an agent", ClientMay.AGENTS),
    Right.CHANGE_SKILLS: _answered_for("Changing a skill", ClientMay.AGENTS),
    Right.CHANGE_WORKFLOWS: _answered_for("Changing a workflow", ClientMay.WORKFLOWS),
    Right.SET_HUMAN_APPROVAL: Rule("Setting the policy human_approval", Scope.CONFIGURE, _OWNERS),
    Right.DECIDE_APPROVAL: Rule(
        "Deciding an approval",
        Scope.ISSUE,
        _ANSWERABLE | {Standing.STANDALONE_ACCOUNTANT},
        _CLIENT_OWNER | {Standing.CLIENT_ACCOUNTANT, Standing.CLIENT_USER},
        let_by_step=True,
    ),
    Right.LET_CLIENT: Rule("Letting a client do what else the practice does", Scope.CREDENTIALS, _PRACTICE_HEAD),
}

RIGHT_OF_FIELD: Mapping[str, Right] = {
    "account_holder": Right.CHANGE_BANK_ACCOUNT,
    "bank_name": Right.CHANGE_BANK_ACCOUNT,
    "iban": Right.CHANGE_BANK_ACCOUNT,
    "bic": Right.CHANGE_BANK_ACCOUNT,
    "account_number": Right.CHANGE_BANK_ACCOUNT,
    "routing_number": Right.CHANGE_BANK_ACCOUNT,
    "prices_include_tax": Right.SET_PRICES_INCLUDE_TAX,
    "rounding": Right.SET_ROUNDING,
    "small_business": Right.SET_SMALL_BUSINESS,
    # One follows from the other.
    "vat_registration": Right.SET_SMALL_BUSINESS,
    "write_off_limit": Right.SET_WRITE_OFF_LIMIT,
    "tax_due": Right.SET_TAX_DUE,
    "future_days": Right.SET_FUTURE_DAYS,
    "payment_qr": Right.SET_PAYMENT_QR,
    "mandates": Right.SET_MANDATES,
    "named_writes": Right.SET_NAMED_WRITES,
    "human_approval": Right.SET_HUMAN_APPROVAL,
    "owner_email": Right.STATE_OWNER_ADDRESS,
    "client_may": Right.LET_CLIENT,
}
"""The act by which a field of `update_organization` is changed, where that is not `UPDATE_PROFILE`."""


def refusal_of(rule: Rule, standing: Standing) -> str:
    """Why the table does not let somebody do it, and who can."""
    if standing in (Standing.API_KEY, Standing.SECRET_LINK):
        return f"{rule.doing} is for a person to do: an API key or a secret link cannot."
    whose = "the owner or an accountant" if Standing.PRACTICE_ACCOUNTANT in rule.may else "an owner"
    let = f", unless it lets its client (client_may: {rule.let_as})" if rule.let_as and standing in rule.if_let else ""
    return f"{rule.doing} is for {whose} of the practice to do{let}."
