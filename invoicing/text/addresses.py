"""An address that is written as one text, taken apart into its fields, where its country's form makes that plain.

Nothing is guessed, and no letter or digit is lost: all that the text says stands in one of the fields, but the country
at its end and the country's mark before a postal code, which are known already.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import pycountry
from babel import Locale

from invoicing.countries import COUNTRY_CODES, country
from invoicing.document.parties import Address
from invoicing.text.postal_codes import COUNTRY_MARKS, NUMBER_FIRST, POSTAL_CODES, REGIONS
from invoicing.text.typed import fold

TEXT_MAX = 500
"""No address is longer: its two lines, its town and its region together are shorter."""


@dataclass(frozen=True, slots=True)
class _Part:
    """What stands between two commas or line breaks: where it begins and ends in which line of the text."""

    text: str
    line: int
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class _Town:
    """What was found of the town, and the parts before and after it that are not of it."""

    postal_code: str
    city: str
    region: str
    street: tuple[_Part, ...]


# The end of a sentence, and not of a number or an abbreviation.
_FULL_STOP = re.compile(r"(?<=\w{3})\.$")
_SEPARATOR = re.compile(r"[,;|·•]")
# A town is made of words; a number may follow, as in Praha 1, Dublin 2 and Paris CEDEX 08.
_WORDS = r"['’]?[^\W\d_][^\d:@#]*"
_NUMBERED = rf"{_WORDS}(?:(?<=[\s-])\d{{1,2}}(?:er|e|ème)?)?"
_TOWN = re.compile(rf"(?:{_NUMBERED}(?: [Cc][Ee][Dd][Ee][Xx](?: \d{{1,2}})?)?)")
_PLACE = re.compile(_WORDS)
# A house number that a comma parts from its street: `Via Roma, 1`, `Calle Mayor, 5 bis`, `Rua Augusta, n.º 12-A`.
_HOUSE_NUMBER = re.compile(
    r"(?:n\.?[ºo°]\.? ?|nr\.? ?|№ ?)?\d{1,4} ?[a-z]?(?: ?(?:bis|ter|[-/] ?\d{0,4} ?[a-z]?))?|s/n\.?|snc", re.IGNORECASE
)
# With these at its end a part is no town, though it has no number.
_STREET = re.compile(
    r"\S (?:street|road|rd|lane|avenue|ave|drive|close|crescent|terrace|mews|house|buildings?|square|quay|quayside|row"
    r"|gardens|floor|flat|suite|unit|p\.? ?o\.? box)\.?$",
    re.IGNORECASE,
)
_DISTRICT = re.compile(
    r"(?:Dublin \d{1,2}W?|(?:Praha|Prague|Brno|Ostrava|Plzeň|Bratislava|Košice) \d{1,2})", re.IGNORECASE
)
_SECTOR = re.compile(r"sector(?:ul)? [1-6]", re.IGNORECASE)
_CODE_LAST = frozenset({"GB", "IE"})
_TOWN_LEADS = frozenset({"LV", "MT"})
_COUNTRY_NAMES = {
    "GB": ("UK", "U.K.", "England", "Scotland", "Wales", "Northern Ireland", "Great Britain"),
    "US": ("USA", "U.S.A.", "U.S.", "United States of America"),
    "NL": ("Holland", "The Netherlands"),
    "IE": ("Republic of Ireland", "Éire"),
    "CZ": ("Czech Republic",),
    "GR": ("Hellas",),
}
_LANGUAGES = ("en", "de", "fr", "it", "es", "nl", "pt", "pl")


def parse_address(text: str, country_code: str) -> Address | None:
    """The address of a text, or None where it is not plain which part is what, or of which country it is.

    `country_code` is that of the address (ISO 3166-1 alpha-2), which the text may name at its end; one that names
    another country is not taken apart. Only the countries that have a file have a form here.
    """
    code = country_code.strip().upper()
    if code not in COUNTRY_CODES or len(text) > TEXT_MAX:
        return None
    whole = _FULL_STOP.sub("", unicodedata.normalize("NFC", text).rstrip())
    lines = [line for line in map(_tidy, whole.splitlines()) if line]
    parts = _joined_numbers([part for line in enumerate(lines) for part in _parts(*line)], code)
    parts = _without_country(parts, code)
    town = _town(parts, code) if parts else None
    if town is None:
        return None
    line1, line2 = _street_lines(town.street, lines)
    return Address(line1, line2, town.postal_code, town.city, town.region, code)


def _tidy(line: str) -> str:
    return " ".join(line.split()).strip(" ,;|·•")


def _parts(number: int, line: str) -> Iterator[_Part]:
    begin = 0
    for end in [*(found.start() for found in _SEPARATOR.finditer(line)), len(line)]:
        if part := line[begin:end].strip():
            first = line.index(part, begin)
            yield _Part(part, number, first, first + len(part))
        begin = end + 1


def _joined_numbers(parts: Sequence[_Part], code: str) -> list[_Part]:
    """The parts, with each house number in one part with its street, before or behind it."""
    joined: list[_Part] = []
    for part in parts:
        last = joined[-1] if joined and joined[-1].line == part.line else None
        before = len(joined) == 1 and last and _HOUSE_NUMBER.fullmatch(last.text)
        behind = _HOUSE_NUMBER.fullmatch(part.text) and not _code_alone(part.text, code)
        if last and (before or behind):
            joined[-1] = _Part(f"{last.text}, {part.text}", part.line, last.begin, part.end)
        else:
            joined.append(part)
    return joined


def _street_lines(street: Sequence[_Part], lines: Sequence[str]) -> tuple[str, str]:
    """The first line and the second: as the text has them, or where it is all one line, the first part and the rest."""
    if not street:
        return "", ""
    if street[0].line == street[-1].line:
        line = lines[street[0].line]
        of_many = len(lines) > 1 and street[-1].end == len(line)
        first = street[-1].end if of_many else street[0].end
        return line[street[0].begin : first], line[street[1].begin : street[-1].end] if first < street[-1].end else ""
    by_line: dict[int, list[_Part]] = {}
    for part in street:
        by_line.setdefault(part.line, []).append(part)
    whole = [lines[number][parts[0].begin : parts[-1].end] for number, parts in by_line.items()]
    return whole[0], ", ".join(whole[1:])


def _without_country(parts: list[_Part], code: str) -> list[_Part]:
    """The parts without the country at their end; none at all where that is another one."""
    if not parts:
        return []
    last, before = parts[-1], parts[:-1]
    if fold(last.text) in _names_of(code):
        # The capital has the country's name: after a code alone it is the town.
        is_town = code == "LU" and bool(before) and _code_alone(before[-1].text, code) != ""
        return parts if is_town else before
    if fold(last.text) in _all_names():
        return []
    for name in _names_of(code) if code != "LU" else ():
        if len(name) > 2 and fold(last.text).endswith(f" {name}"):
            kept = last.text[: len(last.text) - len(name)].rstrip()
            return [*before, _Part(kept, last.line, last.begin, last.begin + len(kept))]
    return parts


def _town(parts: Sequence[_Part], code: str) -> _Town | None:
    if code == "US":
        return _american(parts)
    if code in _CODE_LAST:
        return _code_at_the_end(parts, code)
    if code == "HU" and (found := _town_first(parts, code)):
        return found
    return _town_with_code(parts, code) or _town_beside_code(parts, code)


def _town_with_code(parts: Sequence[_Part], code: str) -> _Town | None:
    """The town whose code stands in the same part: `10115 Berlin`, `Valletta VLT 1117`, `Hauptstr. 5 10115 Berlin`."""
    whole = _pattern(code)
    for index in range(len(parts) - 1, -1, -1):
        part = parts[index]
        if (found := whole.fullmatch(part.text)) is None:
            continue
        city, region = _city_and_region(found["town"] or found["place"], code)
        head = [*parts[:index]]
        if street := found["street"]:
            head.append(_Part(street, part.line, part.begin, part.begin + len(street)))
            if not found["dash"] and not _ends_a_street(street, code):
                return None
        return _around(head, parts[index + 1 :], found["code"] or found["last_code"], city, region, code)
    return None


def _ends_a_street(street: str, code: str) -> bool:
    """Whether it is plain that the street ends here, and what follows is the code and not its house number."""
    last_word = street.rpartition(" ")[2]
    return any(map(str.isdigit, last_word)) or (code in NUMBER_FIRST and street[0].isdigit())


def _town_beside_code(parts: Sequence[_Part], code: str) -> _Town | None:
    """The town whose code is a part of its own: `75002, Paris` and `Rīga, LV-1010`."""
    alone = [index for index, part in enumerate(parts) if _code_alone(part.text, code)]
    if len(alone) != 1:
        return None
    (index,) = alone
    postal_code = _code_alone(parts[index].text, code)
    after = index + 1 < len(parts) and _is_place(parts[index + 1].text)
    before = index > 0 and _is_place(parts[index - 1].text)
    if after and before and index > 1 and code not in _TOWN_LEADS:
        return None
    if after and not (before and code in _TOWN_LEADS):
        city, region = _city_and_region(parts[index + 1].text, code)
        return _around(parts[:index], parts[index + 2 :], postal_code, city, region, code)
    if before:
        city, region = _city_and_region(parts[index - 1].text, code)
        return _around(parts[: index - 1], parts[index + 1 :], postal_code, city, region, code)
    return None


def _around(
    head: Sequence[_Part], tail: Sequence[_Part], postal_code: str, city: str, region: str, code: str
) -> _Town | None:
    """The town between what stands before and after it: the street, and a region."""
    if not head and tail:
        # `1051 Budapest, Szabadság tér 7`: the town comes first. Without a number it could be a region as well.
        street = tail if any(any(map(str.isdigit, part.text)) for part in tail) else ()
        return _Town(postal_code, city, region, tuple(street)) if street else None
    match tail:
        case [] if code == "LV" and not region and len(head) > 1 and REGIONS["LV"].fullmatch(head[-1].text):
            return _Town(postal_code, city, head[-1].text, tuple(head[:-1]))
        case []:
            return _Town(postal_code, city, region, tuple(head))
        case [only] if not region and (_is_place(only.text) or _SECTOR.fullmatch(only.text)):
            return _Town(postal_code, city, only.text, tuple(head))
    return None


def _town_first(parts: Sequence[_Part], code: str) -> _Town | None:
    """The Hungarian order: town, street, code, and perhaps a region."""
    for length in (len(parts), len(parts) - 1):
        if length >= 3 and (postal_code := _code_alone(parts[length - 1].text, code)) and _is_place(parts[0].text):
            region = parts[length].text if length < len(parts) else ""
            if not region or _is_place(region):
                return _Town(postal_code, parts[0].text, region, tuple(parts[1 : length - 1]))
    return None


def _code_at_the_end(parts: Sequence[_Part], code: str) -> _Town | None:
    """The British and Irish order: street, town, perhaps a county, code; in Ireland the code may be left out."""
    last = parts[-1]
    found = re.fullmatch(rf"(?:(?P<rest>.+) )?(?P<code>{POSTAL_CODES[code]})", last.text, re.IGNORECASE)
    places = [*parts]
    if found is not None:
        rest = found["rest"] or ""
        places = [*parts[:-1], *([_Part(rest, last.line, last.begin, last.begin + len(rest))] if rest else [])]
    elif code != "IE" or not (REGIONS["IE"].fullmatch(last.text) or _DISTRICT.fullmatch(last.text)):
        return None
    region = ""
    if len(places) > 2 and REGIONS[code].fullmatch(places[-1].text):
        region = places.pop().text
    if len(places) < 2 or not _is_english_town(places[-1].text):
        return None
    return _Town(found["code"].upper() if found else "", places[-1].text, region, tuple(places[:-1]))


def _american(parts: Sequence[_Part]) -> _Town | None:
    """Street, town, state and code, with or without commas between the last three."""
    states, zips = REGIONS["US"].pattern, POSTAL_CODES["US"]
    for count in (1, 2):
        text = " ".join(part.text for part in parts[-count:])
        found = re.fullmatch(rf"(?:(?P<town>.+?) )??(?P<state>{states}) (?P<code>{zips})", text, re.IGNORECASE)
        if found is None or len(parts) < count:
            continue
        before = parts[:-count]
        town = found["town"] or (before[-1].text if before else "")
        street = before if found["town"] else before[:-1]
        return _Town(found["code"], town, found["state"], tuple(street)) if street and _is_english_town(town) else None
    return None


def _city_and_region(town: str, code: str) -> tuple[str, str]:
    """Italy writes the province behind the town, Spain sometimes in brackets."""
    if code == "IT" and (found := re.fullmatch(rf"(.+?)(?: [-–])? {REGIONS['IT'].pattern}", town)):
        return found[1], found[2]
    if code == "ES" and (found := re.fullmatch(r"(.+) \((.+)\)", town)):
        return found[1], found[2]
    return town, ""


def _is_place(text: str) -> bool:
    """Whether the text can be a town or a region: words without a number, unless it is that of a town's district."""
    return bool(_PLACE.fullmatch(text) or _DISTRICT.fullmatch(text))


def _is_english_town(text: str) -> bool:
    """Where the town has no code beside it, it can be no kind of street either."""
    return _is_place(text) and not _STREET.search(text)


def _code_alone(text: str, code: str) -> str:
    """The postal code that is all of a part, without the country's mark; empty where it is none."""
    found = re.fullmatch(rf"{_mark(code)}({POSTAL_CODES[code]})", text)
    return found[1] if found else ""


def _mark(code: str) -> str:
    marks = COUNTRY_MARKS.get(code, ())
    return rf"(?:(?:{'|'.join(marks)}) ?[-–]? ?)?" if marks else ""


@cache
def _pattern(code: str) -> re.Pattern[str]:
    """A part that holds a town and its code, and perhaps the street before them."""
    codes, town = POSTAL_CODES[code], _TOWN.pattern
    # The street is looked for last, so that a country's mark is not taken for one.
    street = r"(?:(?P<street>.+[^\s–—-])(?P<dash> [-–—])? )??"
    leading = rf"{street}{_mark(code)}(?P<code>{codes}) (?P<town>{town})"
    return re.compile(rf"{leading}|(?P<place>{_WORDS}\S) (?P<last_code>{codes})")


@cache
def _names_of(code: str) -> frozenset[str]:
    """What the country is called, as it is compared."""
    known = pycountry.countries.get(alpha_2=code)
    official = [getattr(known, name, "") for name in ("name", "common_name", "official_name", "alpha_3")]
    own = [country(code).name, country(code).native_name] if code in COUNTRY_CODES else []
    languages = {*_LANGUAGES, *(country(code).languages if code in COUNTRY_CODES else ())}
    territories = [Locale(language).territories.get(code, "") for language in languages]
    names = (code, *official, *own, *territories, *_COUNTRY_NAMES.get(code, ()))
    return frozenset(fold(name) for name in names if name)


@cache
def _all_names() -> frozenset[str]:
    """What countries are called, but their two-letter codes, which are states, provinces and words as well."""
    names = {name for known in pycountry.countries for name in _names_of(known.alpha_2)}
    return frozenset(name for name in names if len(name) > 3)
