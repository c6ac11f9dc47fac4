"""API keys: `allot_<identifier>_<secret>`. The secret is 256 random bits and told once; a salted hash of it is kept.

Such a secret cannot be guessed however fast one hashes, so the hash is a quick one: a slow one would only let strangers keep the
service busy with wrong keys.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from service.auth.principals import Grant, Principal
from service.storage.records import KeyRecord
from service.storage.repositories.api_keys import KeyVerifier
from service.storage.store import Transaction

KEY_PREFIX = "allot_"
"""How every key begins, so that it is known for one wherever it turns up."""

_SALT_BYTES = 16
_DUMMY_VERIFIER = KeyVerifier(bytes(_SALT_BYTES), bytes(32), "", [])
"""Tried where there is no such key, so that it takes as long."""

SECONDS_PER_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A key that was just made."""

    key: str
    """The key itself, which is told this once."""
    record: KeyRecord
    """What is kept of it, but for the hash."""


def issue_api_key(
    transaction: Transaction, caller: str, grants: tuple[Grant, ...], *, days: float | None, created_by: str
) -> IssuedKey:
    """Make and store a key that holds for some days (None: until it is revoked), and note it in the audit log."""
    identifier, secret, salt = secrets.token_hex(6), secrets.token_urlsafe(32), secrets.token_bytes(_SALT_BYTES)
    reported = [one.model_dump(exclude_none=True) for one in grants]
    record = transaction.keys.insert_key(
        identifier,
        caller=caller,
        grants=reported,
        salt=salt,
        secret_hash=_hash_secret(secret, salt),
        created_by=created_by,
        lifetime_seconds=None if days is None else days * SECONDS_PER_DAY,
    )
    transaction.audit.append_entry(
        created_by, "key made", identifier, {"caller": caller, "grants": reported, "days": days}
    )
    return IssuedKey(f"{KEY_PREFIX}{identifier}_{secret}", record)


def revoke_api_key(transaction: Transaction, identifier: str, *, revoked_by: str) -> None:
    """Revoke a key, from its next use on; one revoked before stays so. NotFound if there is none."""
    if transaction.keys.revoke_key(identifier):
        transaction.audit.append_entry(revoked_by, "key revoked", identifier)


def find_key_principal(transaction: Transaction, key: str) -> Principal | None:
    """Who asks with a key; None if it is not one that holds. Takes as long whatever is wrong with it."""
    identifier, _, secret = key.removeprefix(KEY_PREFIX).partition("_")
    known = transaction.keys.find_verifier(identifier) if identifier.isalnum() else None
    proof = known or _DUMMY_VERIFIER
    right = hmac.compare_digest(_hash_secret(secret, proof.salt), proof.hash)
    if known is None or not right:
        return None
    return Principal(proof.caller, frozenset(Grant.model_validate(one) for one in proof.grants))


def _hash_secret(secret: str, salt: bytes) -> bytes:
    return hashlib.blake2b(secret.encode(), digest_size=32, salt=salt, person=b"allot api key").digest()
