"""Terms of payment in words, as programs export them: how many days, in the languages of documents.

Source: the words of the printed terms (invoicing/render/labels) and general knowledge of what programs write; not
looked up further.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from invoicing.importing.words import bare

DAYS_MAX = 366
_NUMBERS = re.compile(r"\d+")
_WORDS = re.compile(r"[^\W\d_]+")
_AT_ONCE = frozenset(
    bare(one)
    for one in (
        "due on receipt", "upon receipt", "on receipt", "due upon receipt", "immediate", "immediately", "due now",
        "cash on delivery", "COD", "cash", "sofort", "sofort fällig", "sofort zahlbar", "zahlbar sofort",
        "bei Erhalt", "fällig bei Erhalt", "zahlbar bei Erhalt", "sofort ohne Abzug", "à réception", "comptant",
        "paiement comptant", "à réception de facture", "dès réception", "paiement à réception", "al contado", "contado",
        "pago al contado", "a la recepción", "a la vista", "rimessa diretta", "a vista", "contanti", "alla consegna",
        "pronta cassa", "vista fattura", "a pronto", "pronto pagamento", "à vista", "natychmiast", "przy odbiorze",
        "płatne natychmiast", "gotówka", "direct", "per direct", "bij ontvangst", "direct betalen", "contant",
        "omgående", "kontant", "mot faktura", "straks", "netto kontant", "ved modtagelse", "ved mottak", "heti",
        "käteinen", "kohe", "sularaha", "nekavējoties", "skaidrā naudā", "iš karto", "nedelsiant", "ihned", "hotově",
        "ihneď", "v hotovosti", "azonnal", "készpénz", "imediat", "la primire", "numerar", "takoj", "ob prejemu",
        "odmah", "po primitku", "веднага", "при получаване", "в брой", "άμεσα", "μετρητοίς", "με την παραλαβή",
    )
)  # fmt: skip
_MONTH_END = re.compile(
    r"\beom\b|end of (the )?month|fin de mois|\bfdm\b|monatsende|ende des monats|fin de mes|fine mese|\bf\.?m\.?\b"
    r"|fim do mês|einde maand|koniec miesiąca|konca miesiąca|månadens slut|månedens udgang|løbende måned|kuun loppu",
    re.IGNORECASE,
)
# Whatever else stands beside the number makes it other terms: a discount, instalments, another day.
_PLAIN = frozenset(
    bare(one)
    for one in (
        "net", "days", "day", "due", "in", "within", "d", "n", "nett", "netto", "Tage", "Tagen", "Tag", "T", "rein",
        "zahlbar", "innerhalb", "von", "fällig", "nach", "ohne", "Abzug", "jours", "jour", "j", "à", "sous", "días",
        "dias", "día", "a", "giorni", "gg", "dni", "dzień", "dagen", "dag", "dgn", "dagar", "dage", "dager", "päivää",
        "pv", "päeva", "dienas", "d.", "dienų", "dní", "dnů", "dnì", "nap", "zile", "zi", "dana", "dan", "дни",
        "ημέρες", "ημέρων", "jien", "jiem", "invoice", "date", "from", "after", "of", "the", "Rechnungsdatum", "ab",
        "date", "de", "facture", "fecha", "factura", "data", "fattura", "przelew", "payment", "paiement", "pagamento",
        "betaling", "netto.", "term", "terms", "Zahlungsziel", "data", "fatura",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Terms:
    """Due so many days after the issue date, or at the end of the month in which that is."""

    days: int
    end_of_month: bool = False


def terms_meant(text: str) -> Terms | None:
    """The terms that a text means, such as `Net 30`, `30 jours net` or `Due on receipt`; None where it is not plain."""
    if bare(text) in _AT_ONCE:
        return Terms(0)
    rest = _MONTH_END.sub(" ", text)
    numbers = _NUMBERS.findall(rest)
    if len(numbers) != 1 or int(numbers[0][:6]) > DAYS_MAX or "%" in rest or "-" in rest:
        return None
    if any(bare(word) not in _PLAIN for word in _WORDS.findall(rest)):
        return None
    return Terms(int(numbers[0]), end_of_month=rest != text)
