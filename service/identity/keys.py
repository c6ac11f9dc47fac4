"""API keys: `allot_<identifier>_<secret>`. The secret is 256 random bits and told once; a salted hash of it is kept.

Such a secret cannot be guessed however fast one hashes, so the hash is a quick one: a slow one would only let strangers keep the
service busy with wrong keys.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from service.identity.principals import Grant, Principal
from service.storage import KeyRecord, Transaction
from service.storage.keys import KeyProof

PREFIX = "allot_"
"""How every key begins, so that it is known for one wherever it turns up."""

_SALT_BYTES = 16
_NOBODY = KeyProof(bytes(_SALT_BYTES), bytes(32), "", [])
"""Tried where there is no such key, so that it takes as long."""

SECONDS_A_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was just made."""

    key: str
    """The key itself, which is told this once."""
    record: KeyRecord
    """What is kept of it, but for the hash."""


def make_key(
    transaction: Transaction, caller: str, grants: tuple[Grant, ...], *, days: float | None, made_by: str
) -> NewKey:
    """Make and store a key that holds for some days (None: until it is revoked), and note it in the audit log."""
    identifier, secret, salt = secrets.token_hex(6), secrets.token_urlsafe(32), secrets.token_bytes(_SALT_BYTES)
    told = [one.model_dump(exclude_none=True) for one in grants]
    record = transaction.keys.add(
        identifier,
        caller=caller,
        grants=told,
        salt=salt,
        hashed=_hash(secret, salt),
        created_by=made_by,
        seconds=None if days is None else days * SECONDS_A_DAY,
    )
    transaction.audit.add(made_by, "key made", identifier, {"caller": caller, "grants": told, "days": days})
    return NewKey(f"{PREFIX}{identifier}_{secret}", record)


def revoke_key(transaction: Transaction, identifier: str, *, revoked_by: str) -> None:
    """Revoke a key, from its next use on; one revoked before stays so. NotFound if there is none."""
    if transaction.keys.revoke(identifier):
        transaction.audit.add(revoked_by, "key revoked", identifier)


def principal_of(transaction: Transaction, key: str) -> Principal | None:
    """Who asks with a key; None if it is not one that holds. Takes as long whatever is wrong with it."""
    identifier, _, secret = key.removeprefix(PREFIX).partition("_")
    known = transaction.keys.proof(identifier) if identifier.isalnum() else None
    proof = known or _NOBODY
    right = hmac.compare_digest(_hash(secret, proof.salt), proof.hash)
    if known is None or not right:
        return None
    return Principal(proof.caller, frozenset(Grant.model_validate(one) for one in proof.grants))


def _hash(secret: str, salt: bytes) -> bytes:
    return hashlib.blake2b(secret.encode(), digest_size=32, salt=salt, person=b"allot api key").digest()
