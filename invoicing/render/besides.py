"""What stands between the letterhead and the lines: further references, who and where is concerned besides seller and
buyer, and what belongs to the document. Each takes little height, so that the lines begin on the first page.
"""

from __future__ import annotations

from collections.abc import Sequence

from invoicing.document.documents import Document
from invoicing.render.formats import Formats
from invoicing.render.labels import Labels
from invoicing.render.layout import Column, Row, starting, text_column
from invoicing.render.pairs import pairs_column
from invoicing.render.references import attachment_texts, concerned_pairs
from invoicing.render.theme import GAP, Paper, theme

_SPACE = 12.0
_BLOCKS_MAX = 3


def besides_rows(
    document: Document, references: Sequence[tuple[str, str]], *, paper: Paper, formats: Formats, labels: Labels
) -> list[Row]:
    """The rows of what there is; `references` are those that have no room among the facts of the letterhead."""
    columns = [_in_two_columns(references, paper), _blocks(concerned_pairs(document, formats, labels), paper)]
    attached = [(labels.attachment, "\n".join(attachment_texts(document)))]
    columns.append((pairs_column(attached, left=paper.left, width=paper.text_width),))
    return [Row(found, space_below=_SPACE) for found in columns if any(found)]


def _in_two_columns(pairs: Sequence[tuple[str, str]], paper: Paper) -> tuple[Column, ...]:
    half = (len(pairs) + 1) // 2
    return (
        pairs_column(pairs[:half], left=paper.left, width=paper.left_width),
        pairs_column(pairs[half:], left=paper.middle, width=paper.right_width),
    )


def _blocks(pairs: Sequence[tuple[str, str]], paper: Paper) -> tuple[Column, ...]:
    """Each below its label, beside each other: two in the columns of the page, three in thirds of it."""
    styles = theme()
    width = (paper.text_width - (_BLOCKS_MAX - 1) * GAP) / _BLOCKS_MAX
    places = [(paper.left + index * (width + GAP), width) for index in range(_BLOCKS_MAX)]
    if len(pairs) < _BLOCKS_MAX:
        places = [(paper.left, paper.left_width), (paper.middle, paper.right_width)]
    return tuple(
        starting(
            (
                *text_column(label, styles.label, left=left, width=room),
                *text_column(text, styles.text, left=left, width=room),
            ),
            "P",
        )
        for (label, text), (left, room) in zip(pairs, places, strict=False)
    )
