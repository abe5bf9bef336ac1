"""The dimensions of a line as they are written: `cost_centre=bakery; project=inn`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace

from invoicing.document.canonical import canonical_json
from invoicing.document.documents import Tag
from invoicing.refusals import LimitExceeded, Malformed
from invoicing.text.codes import small_letters
from invoicing.text.typed import clean_line

TAGS_MAX = 20
"""How many dimensions an organization has at most, and so a line."""

_LENGTH_MAX = 40


def tags_text(tags: Iterable[Tag]) -> str:
    """The tags as they are shown, and can be said again."""
    return "; ".join([f"{tag.dimension}={tag.value}" for tag in tags])


def tags_from_text(text: str, *, field: str) -> tuple[Tag, ...]:
    """The tags that are written so.

    Raises:
        Malformed: another form.
    """
    parts = [part.partition("=") for part in text.split(";") if part.strip()]
    if any(not (name.strip() and value.strip()) for name, _, value in parts):
        raise Malformed("must be such as cost_centre=bakery; project=inn.", field=field)
    return tuple(Tag(name.strip(), value.strip()) for name, _, value in parts)


def checked_tags(tags: tuple[Tag, ...], *, field: str) -> tuple[Tag, ...]:
    """The tags with their texts normalized; which there are, an organization's own dimensions say.

    Raises:
        InvalidInput, LimitExceeded: a text that cannot be one of a code, or too many of them.
    """
    if len(tags) > TAGS_MAX:
        raise LimitExceeded(f"{field}: a line has at most {TAGS_MAX}.", field=field)
    return tuple(
        replace(
            tag,
            dimension=small_letters(clean_line(tag.dimension, field=field, limit=_LENGTH_MAX, required=True)),
            value=clean_line(tag.value, field=field, limit=_LENGTH_MAX, required=True),
        )
        for tag in tags
    )


def tags_json(tags: Sequence[Tag]) -> str | None:
    """The tags as a side of the journal keeps them: a JSON object of texts, or None where there are none."""
    return canonical_json({tag.dimension: tag.value for tag in tags}) if tags else None


def tags_from_json(text: str | None) -> tuple[Tag, ...]:
    """The tags of a side of the journal."""
    return tuple(Tag(dimension, value) for dimension, value in json.loads(text).items()) if text else ()
