"""Proof of who it is that signs: a passkey that is asked for the very statement, or password and one-time code."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Protocol

from invoicing.refusals import NotAllowed
from operations.access import Office
from operations.approval.signing import PasskeyAssertion, Sealing
from operations.identity.browsing import SignedIn

_ANSWER_LENGTH_MAX = 20_000


@dataclass(frozen=True, slots=True)
class Site:
    """Where passkeys are used: the host, and the origin as browsers name it."""

    host: str
    origin: str


@dataclass(frozen=True, slots=True)
class OwnPasskey:
    """A passkey of whoever signs: how browsers name it, and its public key; both base64url."""

    credential_id: str
    public_key: str


def request_options(site: Site, challenge: bytes, known: list[OwnPasskey]) -> str:
    """What a browser is given (JSON) to have one of these passkeys sign the challenge."""
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor, UserVerificationRequirement

    options = generate_authentication_options(
        rp_id=site.host,
        challenge=challenge,
        allow_credentials=[PublicKeyCredentialDescriptor(base64url_to_bytes(one.credential_id)) for one in known],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json(options)


def assertion_of(site: Site, answer: str, known: list[OwnPasskey], *, nonce: str) -> PasskeyAssertion:
    """What a browser has answered (JSON) for one of the person's own passkeys. Whether it has signed what was shown is
    found out where the signature is kept.

    Raises:
        NotAllowed: it is of none of these passkeys, or is no answer.
    """
    try:
        if len(answer) > _ANSWER_LENGTH_MAX:
            raise ValueError(answer[:10])
        said: dict[str, Any] = json.loads(answer)
        (passkey,) = (one for one in known if one.credential_id == said["id"])
        response = {name: str(said["response"][name]) for name in ("authenticatorData", "clientDataJSON", "signature")}
    except (ValueError, KeyError, TypeError):
        raise NotAllowed("This passkey is not one of yours, or was not asked for here.") from None
    return PasskeyAssertion(
        nonce=nonce,
        public_key=passkey.public_key,
        signature=response["signature"],
        authenticator_data=response["authenticatorData"],
        client_data=response["clientDataJSON"],
        relying_party=site.host,
        origin=site.origin,
    )


class Prover(Protocol):
    """Asks the identity of this installation who somebody is."""

    async def passkeys(self, office: Office, site: Site) -> list[OwnPasskey]:
        """The passkeys that the person has for this host."""
        ...

    async def has_password(self, office: Office) -> bool:
        """Whether the person can prove by password and one-time code who it is."""
        ...

    async def prove_password(self, office: Office, one: SignedIn, password: str, code: str, *, address: str) -> None:
        """Prove it so; `address` is the network address from which it comes.

        Raises:
            NotAllowed: it proves nothing.
            LimitExceeded: too many attempts.
        """
        ...

    def sealing(self, office: Office) -> Sealing:
        """What keeps the installation's secrets."""
        ...
