"""`/docs` and the files it needs."""

from importlib import resources

import orjson
from fastapi import FastAPI, Response
from starlette.requests import Request
from starlette.staticfiles import StaticFiles

from service.api.routing import ApiRouter
from service.web_ui.routes import PAGE_POLICY

router = ApiRouter(include_in_schema=False)

_CACHE_HEADERS = {"Cache-Control": "public, max-age=3600"}

_SWAGGER_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Allot: the interface</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/static/vendor/swagger-ui/swagger-ui.css">
</head>
<body>
<p><a href="/">&larr; Allot</a></p>
<div id="swagger-ui"></div>
<script src="/static/vendor/swagger-ui/swagger-ui-bundle.js"></script>
<script src="/static/docs.js"></script>
</body>
</html>
"""


@router.get("/openapi.json")
def read_openapi_document(request: Request) -> Response:
    """The OpenAPI document; made at the first request, in a thread, for it takes a second."""
    return Response(orjson.dumps(request.app.openapi()), headers=_CACHE_HEADERS, media_type="application/json")


@router.get("/docs")
def read_docs_page() -> Response:
    """The OpenAPI document as a page on which every operation can be tried."""
    return Response(
        _SWAGGER_PAGE, headers={"Content-Security-Policy": PAGE_POLICY}, media_type="text/html; charset=utf-8"
    )


class CachedStaticFiles(StaticFiles):
    """Static files that a browser may keep for an hour and asks about after."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        """A file, or 304, to be kept."""
        response: Response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers.update(_CACHE_HEADERS)
        return response


def mount_static_files(app: FastAPI) -> None:
    """Serve the files in `service/static` at `/static`."""
    app.mount(
        "/static",
        CachedStaticFiles(directory=str(resources.files("service").joinpath("api", "swagger"))),
        name="static",
    )
