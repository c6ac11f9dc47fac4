"""Canonical JSON and digests: equal contents have equal digests, whatever the order of keys in a request."""

import hashlib
from typing import Any

import orjson
from pydantic import BaseModel

from models.options import PlanOptions
from service.core.build_info import read_build_info


def encode_canonical_json(model: BaseModel) -> bytes:
    """Encode a model with sorted keys and without defaults, so that a new field with a default changes no digest."""
    return orjson.dumps(model.model_dump(mode="json", exclude_defaults=True), option=orjson.OPT_SORT_KEYS)


def compute_digest(body: bytes) -> str:
    """Return the sha-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(body).hexdigest()


def compute_json_digest(value: Any) -> str:
    """Return the sha-256 of a JSON value with sorted keys, in hexadecimal."""
    return compute_digest(orjson.dumps(value, option=orjson.OPT_SORT_KEYS))


def compute_options_digest(options: PlanOptions) -> str:
    """Digest everything but the problem that decides a plan: the options but for the time limit, the code, the solvers."""
    build = read_build_info()
    kept = options.model_dump(mode="json", exclude={"time_limit_seconds"})
    decisive = [build.source_digest, dict(build.solver_versions), kept]
    return compute_json_digest(decisive)
