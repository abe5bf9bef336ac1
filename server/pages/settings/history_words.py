"""What the history of the settings calls acts and fields: the words of the pages on which they are changed."""

from __future__ import annotations

from invoicing.organizations import OrganizationRef
from operations.configuration.entries import Part
from server.pages.languages import gettext
from server.pages.settings.described import DESCRIBED
from server.pages.settings.policy_words import rule_of
from server.pages.settings.profile_words import NAMED, field_word
from server.pages.settings.shown import Shown
from server.pages.settings.words import part_word


def changed_what(act: str, part: str) -> str:
    """What was changed: the part of the configuration, or else what the act was."""
    if part:
        return part_word(part)
    words = {
        "update_organization": gettext("Profile and policy"),
        "save_tax_code": gettext("Tax codes"),
        "add_series": gettext("Number series"),
        "continue_series": gettext("Number series"),
        "close_period": gettext("Period closed:"),
        "open_period": gettext("Period opened again:"),
        "save_plan": gettext("What clients are billed"),
        "save_hours": gettext("Hours billed to clients"),
        "repeat_layer": gettext("Copied again:"),
        "push_configuration": gettext("Pushed to clients:"),
        "create_organization": gettext("Created:"),
        "bring_back_books": gettext("Books brought back:"),
        "acknowledge_mandate": gettext("How documents are handed in:"),
        "withdraw_mandate_acknowledgement": gettext("Handing in withdrawn:"),
    }
    return words.get(act, act.replace("_", " "))


def changed_field(organization: OrganizationRef, part: str, name: str) -> str:
    """A field that was changed, as the page calls it on which that is done."""
    shown, rule = _shown(part, name), rule_of(organization, name)
    if shown is not None:
        return gettext(shown.label)
    if name in NAMED and not part:
        return field_word(name)
    words = {
        "active": gettext("In use"),
        "brand_color": gettext("Colour"),
        "second_language": gettext("Second language"),
        "footer": gettext("Foot of documents"),
        "payment_qr": gettext("Payment code"),
        "logo": gettext("Logo"),
    }
    return rule.title if rule else words.get(name, name.replace("_", " "))


def changed_value(organization: OrganizationRef, part: str, name: str, value: str) -> str:
    """What a field was or is, as that page says it."""
    shown, rule = _shown(part, name), rule_of(organization, name)
    if shown is None and rule is not None and rule.choices:
        return rule.said(value)
    chosen = {code: gettext(word) for code, word in shown.choices} if shown else {}
    yes_or_no = {"true": gettext("yes"), "false": gettext("no")}
    return chosen.get(value) or yes_or_no.get(value.lower(), value)


def _shown(part: str, name: str) -> Shown | None:
    """How the page of a part shows a field; None where it has no page of its own, or shows no such field."""
    described = DESCRIBED[Part(part)].fields if part in {one.value for one in DESCRIBED} else {}
    return described.get(name)
