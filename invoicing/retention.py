"""How long the law has invoices kept, for whoever wants to be rid of them. A rule of thumb with its source: longer
times for single documents (land, disputes, open assessments) are not in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

YEARS: Final[Mapping[str, tuple[int, str]]] = MappingProxyType(
    {
        "AT": (7, "§ 132 BAO"),
        "BE": (10, "Code TVA, art. 60"),
        "CH": (10, "Art. 958f OR"),
        "DE": (8, "§ 14b UStG"),
        "DK": (5, "Bogføringsloven § 12"),
        "ES": (6, "Código de Comercio, art. 30"),
        "FI": (6, "Kirjanpitolaki 2 luku 10 §"),
        "FR": (10, "Code de commerce, art. L123-22"),
        "GB": (6, "VAT Regulations 1995, reg. 31; VAT Act 1994, sch. 11 para. 6"),
        "IE": (6, "VAT Consolidation Act 2010, s. 84"),
        "IT": (10, "Codice civile, art. 2220"),
        "LU": (10, "Code de commerce, art. 16"),
        "NL": (7, "AWR, art. 52"),
        "NO": (5, "Bokføringsloven § 13"),
        "PT": (10, "CIVA, art. 52"),
        "SE": (7, "Bokföringslagen 7 kap. 2 §"),
    }
)
"""Years after the end of the year of the document, and the law, by country."""


def kept_until(country: str, last_issued: date) -> tuple[date, str] | None:
    """The last day on which the newest document is to be kept, and the law; None where that is not known here."""
    known = YEARS.get(country)
    if known is None:
        return None
    years, law = known
    return date(last_issued.year + years, 12, 31), law
