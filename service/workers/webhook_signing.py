"""Secrets and signatures, as Standard Webhooks 1.0 has them: receivers check them with any of its libraries."""

import base64
import hashlib
import hmac
import secrets

_SECRET_PREFIX = "whsec_"  # noqa: S105 - the public part
_SECRET_BYTES = 32


def generate_secret() -> str:
    """A key of 32 random bytes, as `whsec_` and base64."""
    return _SECRET_PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def build_signed_headers(secret: str, message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers of a message: its identifier, the time of this try (seconds since 1970), and the signature of both and the body."""
    key = base64.b64decode(secret.removeprefix(_SECRET_PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    signature = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    return {"webhook-id": message_id, "webhook-timestamp": str(timestamp), "webhook-signature": f"v1,{signature}"}
