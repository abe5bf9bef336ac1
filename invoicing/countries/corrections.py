"""How a country writes a correction that takes an invoice back, whole or in part: `[correction]` of its file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Literal, get_args

from invoicing.countries.reading import Table

Confidence = Literal["high", "medium", "low"]


class CorrectionSign(StrEnum):
    """How the paper says that its amounts take something back. In the books they are positive in any case."""

    POSITIVE = "positive"
    """By its title alone, which can mean nothing else; in a language of another country by a minus, too."""

    NEGATIVE = "negative"
    """Amounts and quantities bear a minus."""

    DIFFERENCE = "difference"
    """They bear a minus, and each line and the sums say what was before and what is after."""


@dataclass(frozen=True, slots=True)
class CorrectionWords:
    """What is printed in one language; what is empty has the language's ordinary word (`invoicing/render/labels/`).

    `title` is of a correction, `whole` of one that takes all of its invoice back, `untaxed` of a seller that charges
    no tax. `reference` stands before the number of the invoice (`whole_reference` where all of it is taken back),
    `reason` before why, `price` before a line whose price is reduced. `mention` is said on each, `mention_taxed` on
    those with tax; the latter is an order of the law, and stands in its language where the document is in none of the
    country's.
    """

    title: str = ""
    whole: str = ""
    untaxed: str = ""
    reference: str = ""
    whole_reference: str = ""
    reason: str = ""
    price: str = ""
    mention: str = ""
    mention_taxed: str = ""


@dataclass(frozen=True, slots=True)
class CorrectionRules:
    """What a country wants of corrections. `own_series`: they have a series of their own. `reason_wanted`: the law
    wants to hear why. `article` is the law, empty where there is none.
    """

    sign: CorrectionSign
    own_series: bool
    reason_wanted: bool
    words: Mapping[str, CorrectionWords]
    article: str
    source: str
    checked: date
    confidence: Confidence


def read_correction(table: Table, languages: tuple[str, ...]) -> CorrectionRules:
    """The table `[correction]` with its `[correction.words.<language>]`.

    Raises:
        ValueError: it does not follow the schema.
    """
    words = table.table("words")
    rules = CorrectionRules(
        sign=CorrectionSign(table.one_of("sign", tuple(CorrectionSign))),
        own_series=table.take("own_series", bool),
        reason_wanted=table.take("reason_wanted", bool),
        words={language: _words(one) for language in languages if (one := words.table_if_any(language)) is not None},
        article=table.optional("article", str) or "",
        source=table.take("source", str),
        checked=table.take("checked", date),
        confidence=table.one_of("confidence", get_args(Confidence)),
    )
    words.close()
    table.close()
    return rules


def _words(table: Table) -> CorrectionWords:
    words = CorrectionWords(**{one.name: table.optional(one.name, str) or "" for one in fields(CorrectionWords)})
    table.close()
    return words
