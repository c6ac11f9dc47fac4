"""The command that serves HTTP."""

from typing import Annotated

import typer
import uvicorn

from service.app import create_app
from service.cli.sources import err
from service.settings import Settings
from service.web.logs import configure_logs


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
) -> None:
    """Serve the page, the API (/v1) and its documentation (/docs)."""
    settings = Settings()
    configure_logs(settings)
    err.print(f"Allot serves on http://{host}:{port}/docs (stop with Ctrl-C)")
    uvicorn.run(create_app(settings), host=host, port=port, log_level="warning", timeout_graceful_shutdown=10)
