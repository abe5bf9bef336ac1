"""Parameters of a query or a form: each at most once, and empty like left out (RFC 6749, 3.1 and 3.2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from starlette.requests import Request

from server.oauth.errors import invalid_request
from server.pages.reading import FORM_TYPE, form_pairs, is_form

PARAMETERS_MAX = 50


@dataclass(frozen=True, slots=True)
class Parameters:
    """The values that were sent; `repeated` are the names of those that came more than once."""

    values: dict[str, str]
    repeated: frozenset[str]

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> Parameters:
        values: dict[str, str] = {}
        repeated = set()
        for name, value in pairs:
            if name in values:
                repeated.add(name)
            values[name] = value
        return cls(values, frozenset(repeated))

    def get(self, name: str) -> str:
        """The value; empty where it was not sent."""
        return self.values.get(name, "")


def parameters_of(request: Request, body: bytes) -> Parameters:
    """The parameters of a form, which is the body of a request.

    Raises:
        OAuthError: it is none, or one comes more than once.
    """
    if not is_form(request):
        raise invalid_request(f"Send the parameters as {FORM_TYPE}.")
    try:
        pairs = form_pairs(body, most=PARAMETERS_MAX)
    except ValueError:
        raise invalid_request("The parameters cannot be read.") from None
    parameters = Parameters.of(pairs)
    if parameters.repeated:
        raise invalid_request(f"Send {', '.join(sorted(parameters.repeated))[:80]} once.")
    return parameters
