"""What a field of a form was when its page was made: a page that is older undoes nothing that somebody else has changed
meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256

from invoicing.refusals import Conflict
from server.pages.languages import gettext
from server.pages.reading import WAS, Form

_TOLD = 100


def standing(value: str) -> str:
    """The mark of a field's value, which its form carries beside it as `was_` and its name."""
    return sha256(value.replace("\r\n", "\n").strip().encode("utf-8", "surrogatepass")).hexdigest()[:16]


def touched_in(form: Form, given: Mapping[str, str]) -> dict[str, str]:
    """The fields that are not as they stood on the page of this form."""
    return {name: text for name, text in given.items() if standing(text) != form.text(f"{WAS}{name}")}


def check_standing(form: Form, touched: Mapping[str, str], now: Mapping[str, str], label: Callable[[str], str]) -> None:
    """Refuse to change a field that is not any more as it stood on the page of this form.

    Raises:
        Conflict: somebody else has changed one, to something else than this form does.
    """
    for name, text in touched.items():
        stood, stands = form.text(f"{WAS}{name}"), now.get(name, "")
        if stood and standing(stands) not in {stood, standing(text)}:
            raise Conflict(
                gettext(
                    "%(label)s was changed by somebody else since this page was opened, to: %(value)s."
                    " Nothing was done yet: look at it, and save what you want.",
                    label=label(name),
                    value=stands[:_TOLD] or gettext("nothing"),
                ),
                field=name,
            )
