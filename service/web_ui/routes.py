"""The web page: `/` and, under `/page/{stamp}/`, its files.

The stamp is a digest of all files. A browser may keep a file for ever, because a new version of the service gives
every file
a new address. Modules import each other by relative paths, so only `index.html` needs the stamp.
"""

import hashlib
from importlib import resources
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Path as InPath, Response
from starlette.requests import Request
from starlette.staticfiles import StaticFiles

router = APIRouter(include_in_schema=False)

STATIC_FOLDER = Path(str(resources.files("service").joinpath("web_ui", "static")))
"""Folder of the files."""

_CACHE_FOREVER = "public, max-age=31536000, immutable"
_REVALIDATE = "no-cache"


def compute_static_digest() -> str:
    """Compute the digest of all files: names and contents."""
    digest = hashlib.sha256()
    for path in sorted(STATIC_FOLDER.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(STATIC_FOLDER).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


_STATIC_DIGEST = compute_static_digest()
_STATIC_FILES = StaticFiles(directory=STATIC_FOLDER)


@router.api_route("/", methods=["GET", "HEAD"])
def read_index_page() -> Response:
    """Serve the page."""
    page = STATIC_FOLDER.joinpath("index.html").read_text(encoding="utf-8").replace("{stamp}", _STATIC_DIGEST)
    headers = {"Content-Security-Policy": PAGE_POLICY, "Cache-Control": _REVALIDATE}
    return Response(page, headers=headers, media_type="text/html; charset=utf-8")


@router.api_route("/page/{digest}/{name:path}", methods=["GET", "HEAD"])
async def read_static_file(request: Request, digest: str, name: Annotated[str, InPath(max_length=200)]) -> Response:
    """Serve a file of the page; under an old stamp the present file, not to be cached."""
    answer = await _STATIC_FILES.get_response(name, request.scope)
    is_current = digest == _STATIC_DIGEST
    answer.headers["Cache-Control"] = _CACHE_FOREVER if is_current else _REVALIDATE
    # Headers are a third of what the first view transfers: what is kept for ever needs none for asking again.
    for header in ("Last-Modified", "Accept-Ranges", "ETag") if is_current else ():
        if header in answer.headers:
            del answer.headers[header]
    return answer


def build_static_url(name: str) -> str:
    """Return the address of a file, such as `app.js`."""
    return f"/page/{_STATIC_DIGEST}/{name}"


PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Content-Security-Policy of a page: no foreign sources, nothing inline."""
