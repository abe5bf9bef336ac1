"""Check digits of payment references that python-stdnum has not; each takes the digits that it is put behind.

Sources: the Estonian Banking Association (pangaliit.ee, reference number of the invoice) and Finance Finland for 7-3-1;
Mastercard Payment Services Norway (KID) for modulus 11; the rules of the Bank Association of Slovenia for SI12.
"""

from __future__ import annotations

from itertools import cycle


def weighted_731(digits: str) -> str:
    """The check digit of a Finnish or Estonian reference: weights 7, 3, 1 from the right."""
    return str(-_weighted(digits, (7, 3, 1)) % 10)


def modulus_11_of_kid(digits: str) -> str:
    """The check character of a KID: weights 2 to 7 from the right; `-` stands for ten."""
    check = -_weighted(digits, (2, 3, 4, 5, 6, 7)) % 11
    return "-" if check == 10 else str(check)


def modulus_11_of_si12(digits: str) -> str:
    """The check digit of the Slovenian model 12: weights 2 to 13 from the right; ten and eleven are 0."""
    check = -_weighted(digits, tuple(range(2, 14))) % 11
    return "0" if check == 10 else str(check)


def modulus_97_of_ogm(digits: str) -> str:
    """The two check digits of a Belgian structured communication: the remainder by 97, and 97 for none."""
    return f"{int(digits) % 97 or 97:02}"


def _weighted(digits: str, weights: tuple[int, ...]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(reversed(digits), cycle(weights), strict=False))
