"""Remedies in words: an assistant is told a tool, whoever sits at a terminal a command, whoever is at a page neither.
Each is a sentence of its own, which follows on what is the matter.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeAlias, assert_never

from invoicing.refusals import Refusal
from invoicing.remedies import (
    Act,
    AnswerForForm,
    BringBack,
    DividePrice,
    MapColumn,
    NameOrganization,
    Remedy,
    ReversePayment,
)

Words: TypeAlias = Callable[[Remedy], str]
"""How a surface words a remedy."""


class Told(Protocol):
    """A remark, a warning or a blocker: what is the matter, and what mends it."""

    @property
    def text(self) -> str: ...
    @property
    def remedy(self) -> Remedy | None: ...


def told(one: Told, words: Words) -> str:
    """What is the matter and what to do, in whole sentences."""
    return f"{one.text} {words(one.remedy)}".rstrip() if one.remedy is not None else one.text


def message_of(refusal: Refusal, words: Words) -> str:
    """What was refused and what to do, in whole sentences."""
    return " ".join(told(one, words) for one in refusal.remarks)


def line_of(refusal: Refusal, words: Words) -> str:
    """The same after the refusal's code."""
    return f"{refusal.code}: {message_of(refusal, words)}"


def for_assistant(remedy: Remedy) -> str:
    """The remedy for a model, which calls tools, and tells the operator what is not its own to do."""
    match remedy:
        case Act():
            return _FOR_ASSISTANT.get(remedy) or _ON_SERVER[remedy]
        case NameOrganization(more=more, protocol_session=by_protocol):
            further = " (list_organizations shows all)" if more else ""
            switching = (
                "call switch_organization first"
                if by_protocol
                else "pass on the session that switch_organization answered with; call it first if you have none"
            )
            return f"Repeat it with organization set to one of the candidates{further}, or {switching}."
        case ReversePayment(payment=payment):
            return f'Take it back: record_payment with reverse="{payment}".'
        case AnswerForForm(code=code, draft=False):
            return (
                "Ask a person of the practice how it is handed in, and put those words on record: save_configuration"
                f' (part "mandates", code "{code}", handed_in).'
            )
        case AnswerForForm(code=code):
            return (
                "Else draft it, and a person of the practice says on record why it is right without:"
                f' save_configuration (part "mandates", code "{code}", draft, handed_in).'
            )
        case BringBack():
            return _bring_back(remedy)
        case MapColumn() | DividePrice():
            return _of_column(remedy, "map of import_records: ")
        case _:
            assert_never(remedy)


def at_terminal(remedy: Remedy) -> str:
    """The remedy for somebody at the command line: a command, or else what an assistant is to be told."""
    match remedy:
        case Act():
            return _AT_TERMINAL.get(remedy) or _ON_SERVER.get(remedy) or _FOR_ASSISTANT[remedy]
        case NameOrganization():
            return "Name one of the candidates; counterfoil organization list shows all."
        case AnswerForForm(code=code, draft=draft):
            what = "Else draft it, and a" if draft else "A"
            of_draft = " --draft DRAFT" if draft else ""
            return (
                f"{what} person of the practice says on record how it is right: counterfoil mandate acknowledge {code}"
                f"{of_draft} --handed-in TEXT."
            )
        case ReversePayment():
            return for_assistant(remedy)
        case BringBack():
            return _bring_back(remedy)
        case MapColumn() | DividePrice():
            return _of_column(remedy, "--map ")
        case _:
            assert_never(remedy)


def on_page(remedy: Remedy) -> str:
    """The remedy for a person at a page, who knows neither tools nor commands; empty where the person can do nothing
    about it.
    """
    match remedy:
        case Act():
            return _TO_OPERATOR if remedy in _OF_OPERATOR else _ON_PAGE.get(remedy, "")
        case AnswerForForm():
            return "A person of the practice says on record how it is handed in: in the settings, under Mandates."
        case ReversePayment():
            return "Take it back on the page of the document."
        case BringBack():
            return _TO_OPERATOR
        case NameOrganization() | MapColumn() | DividePrice():
            return ""
        case _:
            assert_never(remedy)


def _bring_back(remedy: BringBack) -> str:
    how = f"counterfoil organization bring-back --organization {remedy.handle} --reason TEXT"
    return f"{_ON_SERVER[Act.BRING_BACK]} Here: {how}"


def _of_column(remedy: MapColumn | DividePrice, argument: str) -> str:
    """What to say of a column; `argument` is how that begins on this surface."""
    match remedy:
        case MapColumn(heading=heading, field=field, doubtful=True):
            return (
                f'If it is, say so with {argument}"{heading}={field}"; if not, pass over it with'
                f' {argument}"{heading}=".'
            )
        case MapColumn(heading=heading, field=""):
            return f'Pass over it with {argument}"{heading}=".'
        case MapColumn(heading=heading, field=field):
            return f'Choose with {argument}"{heading}={field}"; what else could be it is then passed over.'
        case DividePrice(heading=heading, field=field, quantity=quantity):
            return (
                f'Say with {argument}"{heading}={field}/{quantity}" that it is divided, or with {field}/1 that an item'
                f" is {quantity}."
            )
        case _:
            assert_never(remedy)


_FOR_ASSISTANT = {
    Act.SET_ORGANIZATION: "Set it with update_organization.",
    Act.SAVE_PARTICULARS: "Set it with save_configuration, part particulars.",
    Act.SEE_FUTURE_DAYS: "See future_days in update_organization.",
    Act.SET_NAME_AGAIN: "Set the name again with update_organization: that brings both in step.",
    Act.FIND_ORGANIZATION: "Look them up with list_organizations.",
    Act.FIND_CUSTOMER: "Look for it with find_customers.",
    Act.FIND_OR_ADD_CUSTOMER: "Look for it with find_customers, or make it with save_customer.",
    Act.ADD_CUSTOMER: "Or make it with save_customer.",
    Act.SAVE_CUSTOMER: "Set it with save_customer.",
    Act.ARCHIVE_CUSTOMER: "Do it with save_customer, its id and archived.",
    Act.ACKNOWLEDGE_MANDATES: "Acknowledge how that is handed in with save_configuration, part mandates.",
    Act.OPEN_PERIOD: "Or open it again with save_configuration, part periods, withdraw and a reason.",
    Act.SAVE_DIMENSION: "save_configuration adds one, part dimensions.",
    Act.ADD_BANK_ACCOUNT: "save_configuration adds one, part bank_accounts.",
    Act.FIND_ENTRY: "get_configuration lists the part.",
    Act.CHOOSE_ACCOUNT: "save_configuration, part posting_profiles.",
    Act.FIND_ITEM: "Look for it with find_items.",
    Act.FIND_DOCUMENT: "Look for it with find_invoices.",
    Act.READ_DOCUMENT: "Look at it with get_invoice.",
    Act.READ_PAYMENTS: "get_invoice shows its payments.",
    Act.CREDIT_DOCUMENT: "issue_credit_note corrects it.",
    Act.DECIDE: "decide_approval with decision reject does so.",
    Act.FIND_WAITING: "find_invoices with status awaiting_approval lists what waits.",
    Act.FIND_DRAFT: "find_invoices with status draft lists drafts.",
    Act.SHOW_DRAFT_AGAIN: (
        "Show the draft again with draft_invoice and its draft alone, which accepts the new figures, or with all fields"
        " to correct them, and then issue it."
    ),
    Act.DRAFT_IN_CURRENCY: "draft_invoice takes the currency of a single document.",
    Act.MAP_COLUMNS: 'Or say with map of import_records which column is which: "Sale price=unit_price".',
    Act.CORRECT_COLUMNS: 'One that is another: map of import_records, "HEADING=FIELD"; "HEADING=" passes over it.',
    Act.MAP_OR_IGNORE_COLUMNS: (
        'Or say with map of import_records which field each is ("HEADING=FIELD"; "HEADING=" passes over it), or pass'
        ' over them with options: "ignore_unknown=true".'
    ),
    Act.UPDATE_EXISTING: "Set update of import_records to change it.",
    Act.CHOOSE_SHEET: 'Say with options of import_records which of them: "sheet=NAME".',
    Act.CHOOSE_DELIMITER: 'Say it with options of import_records, such as "delimiter=semicolon".',
    Act.CHOOSE_ENCODING: 'Or say it with options of import_records, such as "encoding=windows-1250".',
    Act.CHOOSE_DECIMAL_SIGN: 'Say with options of import_records: "decimals=comma" or "decimals=point".',
    Act.CHOOSE_DAY_ORDER: 'Say with options of import_records: "dates=day_first" or "dates=month_first".',
    Act.SAY_OPENING: 'Say it with options of import_records: "opening_day=2026-01-01" and "opening_account=NUMBER".',
    Act.UPLOAD_FILE: "import_records without a file gives a new page for one.",
}
_AT_TERMINAL = {
    Act.SET_ORGANIZATION: "An assistant sets it, with update_organization.",
    Act.SAVE_PARTICULARS: "An assistant sets it, with save_configuration.",
    Act.SAVE_CUSTOMER: "An assistant sets it, with save_customer.",
    Act.ACKNOWLEDGE_MANDATES: "Acknowledge how that is handed in with counterfoil mandate acknowledge.",
    Act.FIND_ORGANIZATION: "Look them up with counterfoil organization list.",
    Act.MAP_COLUMNS: "Or say with --map which column is which.",
    Act.CORRECT_COLUMNS: 'One that is another: --map "HEADING=FIELD"; "HEADING=" passes over it.',
    Act.MAP_OR_IGNORE_COLUMNS: "Or say with --map which field each is, or pass over them with --ignore-unknown.",
    Act.UPDATE_EXISTING: "Give --update to change it.",
    Act.CHOOSE_SHEET: "Give --sheet with one of them.",
    Act.CHOOSE_DELIMITER: "Give --delimiter.",
    Act.CHOOSE_ENCODING: "Or give --encoding.",
    Act.CHOOSE_DECIMAL_SIGN: "Give --decimal-comma or --decimal-point.",
    Act.CHOOSE_DAY_ORDER: "Give --day-first or --month-first.",
    Act.SAY_OPENING: "Give --opening-day and --opening-account.",
}
# What no tool does: the operator does it, whoever is told of it.
_ON_SERVER = {
    Act.SAVE_TAX_CODE: "counterfoil tax-code save saves one, with --default as the usual one.",
    Act.FIND_SERIES: "List them with counterfoil series list.",
    Act.RENAME_USER: "counterfoil user rename changes it, on the server.",
    Act.FIND_USER: "counterfoil user list shows them.",
    Act.FIND_PRACTICE: "counterfoil organization list shows it, and --data chooses another folder.",
    Act.BEGIN_FOLDER: "Make one with counterfoil init.",
    Act.EXAMINE: "The operator runs counterfoil doctor.",
    Act.CLEAN_UP: "The operator removes that with counterfoil doctor --clean.",
    Act.TRUST_CLOCK: "Say so with counterfoil doctor --clock-is-right.",
    Act.MIGRATE: "The operator runs counterfoil migrate.",
    Act.MIGRATE_AND_VERIFY: (
        "Then counterfoil migrate brings the file back to how it was, and counterfoil verify looks at what is in it."
    ),
    Act.VERIFY: "counterfoil verify names the first.",
    Act.VERIFY_BEFORE_WRITING: "Then the operator runs counterfoil verify before anything else is written.",
    Act.NAME_FILES_FOLDER: (
        "Whoever starts it names one: counterfoil stdio --files FOLDER, or the variable COUNTERFOIL_FILES."
    ),
    Act.NAME_SIGNER: "If it is the key of whom it should be from, repeat the command with --signed-by and its name.",
    Act.BRING_BACK: (
        "If it is lost for good, counterfoil organization bring-back puts the books into use again: with a reason, and"
        " without giving a lost number out again."
    ),
}
_TO_OPERATOR = "Tell whoever runs the server."
_OF_OPERATOR = frozenset(_ON_SERVER) - {Act.FIND_PRACTICE, Act.FIND_SERIES, Act.SAVE_TAX_CODE, Act.FIND_USER}
_ON_PAGE = {
    Act.SET_ORGANIZATION: "It is set in the settings, under Profile.",
    Act.SAVE_PARTICULARS: "It is set in the settings, under Profile.",
    Act.SET_NAME_AGAIN: "Set the name again, in the settings under Profile: that brings both in step.",
    Act.FIND_ORGANIZATION: "Your organizations are listed on the first page.",
    Act.SAVE_CUSTOMER: "It is set on the customer's page.",
    Act.ACKNOWLEDGE_MANDATES: "Say how that is handed in: in the settings, under Mandates.",
    Act.OPEN_PERIOD: "Or open the period again, in the settings under Periods.",
    Act.ADD_BANK_ACCOUNT: "Add one in the settings, under Bank accounts.",
    Act.CREDIT_DOCUMENT: "A credit note corrects it.",
    Act.DECIDE: "Reject it on its page.",
    Act.SHOW_DRAFT_AGAIN: "Look at the draft again as it is now, and then issue it.",
}
