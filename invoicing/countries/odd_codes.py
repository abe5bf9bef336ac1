"""Codes that are written for countries and are none of ISO 3166-1, and what to write instead."""

from __future__ import annotations

KOSOVO = "XK"
"""A code that ISO 3166-1 leaves to its users, and that all of them use for Kosovo."""

_MEANINGS = {
    "UK": "United Kingdom is GB.",
    "EL": "Greece is GR; only its VAT numbers begin with EL.",
    "XI": "Northern Ireland is GB; only the VAT numbers of its trade in goods with the EU begin with XI: keep them so"
    " in tax_number.",
    "XU": "Great Britain is GB.",
    "IC": "The Canary Islands are ES; the postal code says which island.",
    "EA": "Ceuta and Melilla are ES; the postal code says which.",
    "XC": "Ceuta is ES; the postal code says so.",
    "XL": "Melilla is ES; the postal code says so.",
    "XS": "Serbia is RS.",
    "FX": "Metropolitan France is FR.",
    "EU": "The European Union is no country: give the member state.",
    "AN": "The Netherlands Antilles are CW, SX or BQ.",
    "YU": "Yugoslavia is RS, ME or another of its successors.",
    "CS": "Serbia and Montenegro are RS or ME; Czechia is CZ.",
}


def odd_code(wanted: str) -> str:
    """A sentence, after a blank, on what to write instead of this code; empty where it is none of them."""
    meaning = _MEANINGS.get(wanted.strip().upper(), "")
    return f" {meaning}" if meaning else ""
