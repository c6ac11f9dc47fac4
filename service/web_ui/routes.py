"""The web page: `/` and, under `/page/{stamp}/`, its files.

The stamp is a digest of all files. A browser may keep a file for ever, because a new version of the service gives
every file
a new address. Modules import each other by relative paths, so only `index.html` needs the stamp.
"""

import hashlib
import json
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated, cast

import pyarrow as pa
from fastapi import APIRouter, Path as InPath, Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.staticfiles import StaticFiles

from service.web_ui.modules import APPLICATION, list_preloads

router = APIRouter(include_in_schema=False)

STATIC_FOLDER = Path(str(resources.files("service").joinpath("web_ui", "static")))
"""Folder of the files."""

_CACHE_FOREVER = "public, max-age=31536000, immutable"
_REVALIDATE = "no-cache"
_QUALITY = 10
"""Of Brotli; 11 takes three times as long for 3 % less."""


def compute_static_digest() -> str:
    """Compute the digest of all files: names and contents."""
    digest = hashlib.sha256()
    for path in sorted(STATIC_FOLDER.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(STATIC_FOLDER).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


FIRST_STYLES = ("base", "shell", "components", "start")
"""Style sheets of the first view. They are one response, because a browser waits for all of them before it paints."""


_FIRST_STYLES_NAME = "css/first.css"


def read_static_bytes(name: str) -> bytes:
    """Read a file, or the style sheets of the first view."""
    if name != _FIRST_STYLES_NAME:
        return STATIC_FOLDER.joinpath(name).read_bytes()
    return b"".join(STATIC_FOLDER.joinpath("css", f"{one}.css").read_bytes() for one in FIRST_STYLES)


@cache
def compress_static_file(name: str) -> bytes:
    """Compress a file with Brotli: once, and so more than responses that are compressed each time."""
    return cast("bytes", pa.Codec("brotli", compression_level=_QUALITY).compress(read_static_bytes(name), asbytes=True))


def _accepts_brotli(request: Request) -> bool:
    return "br" in {one.strip() for one in request.headers.get("Accept-Encoding", "").split(",")}


_STATIC_DIGEST = compute_static_digest()
_STATIC_NAMES = {_FIRST_STYLES_NAME} | {
    path.relative_to(STATIC_FOLDER).as_posix() for path in STATIC_FOLDER.rglob("*") if path.is_file()
}
_STATIC_FILES = StaticFiles(directory=STATIC_FOLDER)


@cache
def build_index_page() -> str:
    """Build the page: addresses with the stamp, links that preload the modules of the application, and lists of those of the views."""
    preloads = list_preloads(STATIC_FOLDER)
    links = "\n    ".join(
        f'<link rel="modulepreload" href="{build_static_url(name)}" />' for name in preloads.pop(APPLICATION)
    )
    page = STATIC_FOLDER.joinpath("index.html").read_text(encoding="utf-8")
    lists = json.dumps(preloads, separators=(",", ":"))
    return page.replace("{preloads}", links).replace("{modules}", lists).replace("{stamp}", _STATIC_DIGEST)


@router.api_route("/", methods=["GET", "HEAD"])
def read_index_page() -> Response:
    """Serve the page."""
    page = build_index_page()
    headers = {"Content-Security-Policy": PAGE_POLICY, "Cache-Control": _REVALIDATE}
    return Response(page, headers=headers, media_type="text/html; charset=utf-8")


@router.api_route("/page/{digest}/{name:path}", methods=["GET", "HEAD"])
async def read_static_file(request: Request, digest: str, name: Annotated[str, InPath(max_length=200)]) -> Response:
    """Serve a file of the page; under an old stamp the present file, not to be cached."""
    if name == _FIRST_STYLES_NAME:
        answer = Response(read_static_bytes(name), media_type="text/css")
    else:
        answer = await _STATIC_FILES.get_response(name, request.scope)
    if name in _STATIC_NAMES and _accepts_brotli(request):
        body = await run_in_threadpool(compress_static_file, name)
        kind = answer.headers["Content-Type"]
        answer = Response(body, headers={"Content-Encoding": "br", "Vary": "Accept-Encoding", "Content-Type": kind})
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
