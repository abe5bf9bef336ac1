"""All attacks, in one table."""

from __future__ import annotations

from tests.attacks import browsers, connections, fetching, links, pages, programs, providers, signing_in, tokens
from tests.attacks.attack import Attack

ATTACKS: tuple[Attack, ...] = (
    *connections.ATTACKS,
    *links.ATTACKS,
    *browsers.ATTACKS,
    *tokens.ATTACKS,
    *programs.ATTACKS,
    *fetching.ATTACKS,
    *providers.ATTACKS,
    *signing_in.ATTACKS,
    *pages.ATTACKS,
)
