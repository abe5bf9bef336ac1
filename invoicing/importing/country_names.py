"""Countries as people and programs write them: names in the languages of documents, codes of three letters and others.

Source: the names of CLDR in each language (Babel) and those of ISO 3166-1 (pycountry).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

import pycountry
from babel import Locale

from invoicing.importing.words import bare
from invoicing.render.labels import LANGUAGES

_CODE_BESIDE = re.compile(
    r"(?P<name>[^()]+?)\s*[(\[/]\s*(?P<code>[A-Za-z]{2})\s*[)\]]?|(?P<first>[A-Za-z]{2}) [-–] (?P<rest>.+)"
)
# What is in no list of names: usual names, former ones, and the marks on cars, of which none is a code of two letters.
_OTHERS: Mapping[str, tuple[str, ...]] = {
    "GB": ("UK", "U.K.", "England", "Scotland", "Wales", "Northern Ireland", "Great Britain", "Großbritannien",
           "Grande-Bretagne", "Gran Bretaña", "Gran Bretagna", "Wielka Brytania", "Groot-Brittannië", "Engeland",
           "Angleterre", "Inglaterra", "Inghilterra", "Storbritannia", "Vereinigtes Königreich Großbritannien"),
    "US": ("USA", "U.S.A.", "U.S.", "United States of America", "États-Unis d'Amérique", "Estados Unidos de América",
           "Stati Uniti d'America", "Vereinigte Staaten von Amerika", "EE. UU.", "EUA", "Stany Zjednoczone Ameryki"),
    "GR": ("EL", "Hellas", "Ελλάς"),
    "NL": ("Holland", "The Netherlands", "Holanda", "Hollande", "Olanda", "Holandia", "Países Bajos"),
    "CZ": ("Czech Republic", "Tschechische Republik", "République tchèque", "República Checa", "Repubblica Ceca",
           "Česká republika", "Republika Czeska", "Tsjechische Republiek"),
    "IE": ("Republic of Ireland", "Éire", "Southern Ireland", "Republik Irland"),
    "DE": ("D", "BRD", "Bundesrepublik Deutschland", "Federal Republic of Germany", "FRG"),
    "AT": ("A", "Republik Österreich"),
    "BE": ("B",),
    "ES": ("E",),
    "FR": ("F", "Republique francaise", "France métropolitaine"),
    "HU": ("H",),
    "IT": ("I",),
    "LU": ("L",),
    "NO": ("N",),
    "PT": ("P",),
    "SE": ("S",),
    "LI": ("FL",),
    "SK": ("Slovak Republic", "Slowakische Republik", "Slovenská republika"),
    "MK": ("Macedonia", "Mazedonien", "FYROM"),
    "XK": ("Kosovo", "Kosova"),
    "RU": ("Russia", "Russian Federation"),
    "CN": ("China", "PR China", "P.R. China", "Volksrepublik China"),
    "KR": ("South Korea", "Korea, South", "Südkorea"),
    "TR": ("Turkey", "Türkei"),
    "CH": ("Schweizerische Eidgenossenschaft", "Swiss", "Suisse", "Svizzera", "Svizra"),
    "AE": ("UAE", "VAE", "Dubai"),
}  # fmt: skip


def country_meant(text: str) -> str:
    """The two-letter code of the country that a text names; the text itself where it is none or could be two."""
    wanted = text.strip()
    if len(wanted) == 2 and pycountry.countries.get(alpha_2=wanted.upper()) is not None:
        return wanted
    return _named(bare(wanted)) or _with_code(wanted) or text


def _with_code(text: str) -> str:
    """`Germany (DE)` and `DE - Germany`, where both say the same."""
    found = _CODE_BESIDE.fullmatch(text)
    if found is None:
        return ""
    code = (found["code"] or found["first"]).upper()
    return code if _named(bare(found["name"] or found["rest"])) == code else ""


@cache
def _named(name: str) -> str:
    if not name:
        return ""
    codes = {names[name] for names in (_others(), *map(_names, LANGUAGES)) if name in names}
    return codes.pop() if len(codes) == 1 else ""


@cache
def _others() -> dict[str, str]:
    found = {bare(one): code for code, names in _OTHERS.items() for one in names}
    for one in pycountry.countries:
        for attribute in ("name", "official_name", "common_name", "alpha_3"):
            if name := getattr(one, attribute, ""):
                found.setdefault(bare(name), one.alpha_2)
    return found


@cache
def _names(language: str) -> dict[str, str]:
    territories = Locale.parse(language).territories
    return {
        bare(name): code
        for code, name in territories.items()
        if len(code) == 2 and pycountry.countries.get(alpha_2=code) is not None
    }
