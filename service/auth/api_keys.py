"""API keys: `allot_<identifier>_<secret>`. The secret is 256 random bits, shown once; the database holds a salted
hash.

Nobody can guess such a secret at any hashing speed, so the hash is fast. A slow hash would only let strangers load
the service
with wrong keys.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field

from service.auth.principals import Grant, Principal
from service.storage.records import KeyRecord
from service.storage.repositories.api_keys import KeyVerifier
from service.storage.store import Transaction

KEY_PREFIX = "allot_"
"""Prefix of every key; secret scanners recognize it."""

_SALT_BYTES = 16
_DUMMY_VERIFIER = KeyVerifier(bytes(_SALT_BYTES), bytes(32), "", [])
"""Compared where there is no such key, so that the answer takes the same time."""

SECONDS_PER_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A new key."""

    key: str = field(repr=False)
    """The key with its secret, which is shown only once."""
    record: KeyRecord
    """The stored record, without the hash."""


def issue_api_key(
    transaction: Transaction, caller: str, grants: tuple[Grant, ...], *, days: float | None, created_by: str
) -> IssuedKey:
    """Create and store a key that expires after some days (None: never), and write it to the audit log."""
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
    """Revoke a key; a revoked key stays revoked. RecordNotFoundError if there is none."""
    if transaction.keys.revoke_key(identifier):
        transaction.audit.append_entry(revoked_by, "key revoked", identifier)


def find_key_principal(transaction: Transaction, key: str) -> Principal | None:
    """Authenticate a key; None for an unknown, expired or revoked key. The time taken is the same in each case."""
    identifier, _, secret = key.removeprefix(KEY_PREFIX).partition("_")
    known = transaction.keys.find_verifier(identifier) if identifier.isalnum() else None
    proof = known or _DUMMY_VERIFIER
    right = hmac.compare_digest(_hash_secret(secret, proof.salt), proof.hash)
    if known is None or not right:
        return None
    return Principal(proof.caller, frozenset(Grant.model_validate(one) for one in proof.grants))


def build_key_holder(transaction: Transaction, caller: str) -> Principal:
    """Build the principal of a caller with all roles of its valid keys; without roles if it has none."""
    grants = transaction.keys.list_valid_grants(caller)
    return Principal(caller, frozenset(Grant.model_validate(one) for one in grants))


def _hash_secret(secret: str, salt: bytes) -> bytes:
    return hashlib.blake2b(secret.encode(), digest_size=32, salt=salt, person=b"allot api key").digest()
