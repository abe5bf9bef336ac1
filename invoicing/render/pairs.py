"""Labels with their values beside them: the facts at the top, the account at the end."""

from __future__ import annotations

from collections.abc import Sequence

from invoicing.render.fonts import printable
from invoicing.render.layout import Align, Column, TextLine, side_by_side, starting, text_column
from invoicing.render.theme import theme

LABEL_WIDTH = 92.0


def pairs_column(
    pairs: Sequence[tuple[str, str]],
    *,
    left: float,
    width: float,
    label_width: float = LABEL_WIDTH,
    align: Align = "left",
) -> Column:
    """Labels with their values beside them, each a text of its own; a pair without a value is left out."""
    styles = theme()
    lines: list[TextLine] = []
    for label, value in pairs:
        if value:
            # In two languages each has its own line, where they do not fit beside each other.
            fits = styles.quiet.face.width_of(printable(label), styles.quiet.size) <= label_width - 6
            words = label if fits else label.replace(" / ", "\n")
            pair = side_by_side(
                text_column(words, styles.quiet, left=left, width=label_width - 6),
                text_column(value, styles.text, left=left + label_width, width=width - label_width, align=align),
            )
            lines.extend(starting(pair, "P"))
    return tuple(lines)
