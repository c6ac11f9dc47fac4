"""Canonical bytes and digests: equal contents, equal digests, whatever the order of keys in the request."""

import hashlib
from functools import cache
from importlib.metadata import PackageNotFoundError, version

import orjson
from pydantic import BaseModel

from models.options import PlanOptions


def encode_canonical_json(model: BaseModel) -> bytes:
    """JSON of a model with sorted keys and without defaults, so that a new field with a default changes no digest."""
    return orjson.dumps(model.model_dump(mode="json", exclude_defaults=True), option=orjson.OPT_SORT_KEYS)


def compute_digest(body: bytes) -> str:
    """sha-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(body).hexdigest()


def compute_options_digest(options: PlanOptions) -> str:
    """Digest of what may change an answer: the options but for the time limit, and Allot's version."""
    kept = options.model_dump(mode="json", exclude={"time_limit_seconds"})
    return compute_digest(orjson.dumps([_read_installed_version(), kept], option=orjson.OPT_SORT_KEYS))


@cache
def _read_installed_version() -> str:
    try:
        return version("allot")
    except PackageNotFoundError:  # run from its folder, not installed
        return "0"
