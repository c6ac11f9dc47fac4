"""Secrets and signatures, as Standard Webhooks 1.0 has them: receivers check them with any of its libraries."""

import base64
import hashlib
import hmac
import secrets

_PREFIX = "whsec_"
_BYTES = 32


def new_secret() -> str:
    """A key of 32 random bytes, as `whsec_` and base64."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def signed_headers(secret: str, message: str, seconds: int, body: bytes) -> dict[str, str]:
    """The three headers of a message: its identifier, the time of this try (seconds since 1970), and the signature of both and the body."""
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    signed = f"{message}.{seconds}.".encode() + body
    signature = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    return {"webhook-id": message, "webhook-timestamp": str(seconds), "webhook-signature": f"v1,{signature}"}
