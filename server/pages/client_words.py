"""The words of a new client, and of what connects to it: what can be chosen for it, and what it gets."""

from __future__ import annotations

from server.pages.languages import gettext, ngettext, of_language
from views.people import Belonging


def choice_word(choice: str) -> str:
    """An accounting standard, a chart, a tax system, or what a seller is for VAT."""
    words = {
        "ifrs": "IFRS",
        "us_gaap": "US GAAP",
        "standard": gettext("Standard chart"),
        "empty": gettext("Empty chart"),
        "skr03": "SKR 03",
        "skr04": "SKR 04",
        "pcg": "PCG",
        "pgc": "PGC",
        "kmu": "KMU",
        "eu_vat": gettext("EU VAT"),
        "uk_vat": gettext("UK VAT"),
        "vat": gettext("VAT"),
        "us_sales_tax": gettext("US sales tax"),
        "none": gettext("no tax"),
        "registered": gettext("Registered for VAT"),
        "small_business": gettext("Small business that charges no VAT"),
        "not_registered": gettext("Not registered for VAT"),
        "group": gettext("Member of a VAT group"),
    }
    return words.get(choice, choice)


def noun_word(part: str, count: int) -> str:
    """So many entries of a part of the settings."""
    words = {
        "accounts": lambda: ngettext("%(num)s account", "%(num)s accounts", count),
        "tax_authorities": lambda: ngettext("%(num)s tax authority", "%(num)s tax authorities", count),
        "jurisdictions": lambda: ngettext("%(num)s jurisdiction", "%(num)s jurisdictions", count),
        "tax_codes": lambda: ngettext("%(num)s tax code", "%(num)s tax codes", count),
        "withholdings": lambda: ngettext("%(num)s withholding", "%(num)s withholdings", count),
        "payment_terms": lambda: ngettext("%(num)s payment term", "%(num)s payment terms", count),
        "policy": lambda: ngettext("%(num)s rule of policy", "%(num)s rules of policy", count),
        "branding": lambda: ngettext("%(num)s setting of branding", "%(num)s settings of branding", count),
        "posting_profiles": lambda: ngettext("%(num)s posting profile", "%(num)s posting profiles", count),
        "transaction_types": lambda: ngettext("%(num)s transaction type", "%(num)s transaction types", count),
        "workflows": lambda: ngettext("%(num)s workflow", "%(num)s workflows", count),
        "agents": lambda: ngettext("%(num)s agent", "%(num)s agents", count),
        "skills": lambda: ngettext("%(num)s skill", "%(num)s skills", count),
    }
    return words[part]() if part in words else f"{count} {part}"


def source_word(source: str) -> str:
    """Where settings are from: the handle of an organization, or a country's file."""
    name, _, code = source.rpartition(" ")
    return gettext("the country's file (%(code)s)", code=code) if name else source


def state_word(state: str) -> str:
    """What becomes of the posting profiles, where they are not simply those that were asked for."""
    words = {
        "partial": gettext("Copied in part, and completed with the usual ones."),
        "skipped": gettext("Those that are usual with the chart."),
        "failed": gettext("Those that are usual with the chart: the others could not be copied."),
    }
    return words.get(state, "")


def credential_word(noun: str) -> str:
    """What opens an organization, within a sentence."""
    words = {
        "connection": gettext("AI client"),
        "API key": gettext("API key"),
        "secret link": gettext("secret link"),
        "token": gettext("personal token"),
    }
    return words.get(noun, noun)


def key_is_word(noun: str) -> str:
    """Above what opens an organization, on the page that shows it once."""
    return gettext("This is the secret link") if noun == "secret link" else gettext("This is the API key")


def environment_meaning(environment: str) -> str:
    """What it means for what is issued whether an organization is a live or a sandbox one."""
    if environment == "sandbox":
        return gettext("sandbox: to try things out; documents are marked as tests")
    return gettext("live: what is issued is real")


def role_meaning(role: str) -> str:
    """What whoever has a role does."""
    words = {
        "owner": gettext("says who belongs here, and does all that can be done"),
        "accountant": gettext("works in the books"),
        "viewer": gettext("reads and renders"),
        "client": gettext("the client's own user: sees, and drafts where that is allowed"),
    }
    return words[role]


def reach_word(one: Belonging) -> str:
    """Which of a practice's clients somebody reaches."""
    if one.clients is None:
        return gettext("All clients")
    return ", ".join(one.clients) or gettext("None of the clients")


@of_language
def role_word(role: str) -> str:
    """What somebody is in an organization."""
    words = {
        "owner": gettext("Owner"),
        "accountant": gettext("Accountant"),
        "viewer": gettext("Viewer"),
        "client": gettext("Member"),
    }
    return words.get(role, role)
