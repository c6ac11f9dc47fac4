"""The command that serves HTTP."""

from typing import Annotated

import typer

from service.cli.sources import err


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
) -> None:
    """Serve the page, the API (/v1) and its documentation (/docs)."""
    # Web server and database take two seconds to load, which no other command should wait for.
    import uvicorn

    from service.app import from_environment

    err.print(f"Allot serves on http://{host}:{port}/docs (stop with Ctrl-C)")
    uvicorn.run(
        from_environment(), host=host, port=port, log_config=None, server_header=False, timeout_graceful_shutdown=10
    )
