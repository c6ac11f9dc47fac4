"""The command that serves HTTP."""

from typing import Annotated

import typer
import uvicorn

from service.app import create_app
from service.settings import Settings


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
) -> None:
    """Serve the page, the API (/v1) and its documentation (/docs)."""
    uvicorn.run(create_app(Settings()), host=host, port=port, log_level="warning", timeout_graceful_shutdown=10)
