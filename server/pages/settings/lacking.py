"""What an organization lacks, by the names that the fields have on its pages."""

from __future__ import annotations

from invoicing.document.readiness import Blocker
from server.pages.settings.profile_words import NAMED, field_word
from views.remedies import on_page, told


def lacking(blocker: Blocker) -> str:
    """The fields of the profile that are to be filled in; what is no field of it is told as it is."""
    if blocker.fields and NAMED.issuperset(blocker.fields):
        return ", ".join(field_word(name) for name in blocker.fields)
    return told(blocker, on_page)
