"""The command that serves HTTP."""

import contextlib
import socket
from typing import Annotated, Any

import typer

from service.cli.problem_sources import error_console


def serve_http(
    host: Annotated[str | None, typer.Option(help="Address to listen on; ALLOT_HOST if absent.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; ALLOT_PORT if absent.")] = None,
) -> None:
    """Serve the page, the API (/v1) and its documentation (/docs)."""
    # Web server and database take two seconds to load, which no other command should wait for.
    import uvicorn
    from pydantic import ValidationError

    from service.api.app import create_app_from_settings
    from service.core.settings import Settings

    stated: dict[str, Any] = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    try:
        settings = Settings(**stated)
    except ValidationError as error:
        for one in error.errors():
            name = "_".join(str(part) for part in one["loc"])
            said = one["msg"].removeprefix("Value error, ")
            error_console.print(f"ALLOT_{name.upper()}: {said}" if name else said, markup=False, soft_wrap=True)
        raise typer.Exit(2) from error
    error_console.print(f"Allot serves on http://{settings.host}:{settings.port}/docs (stop with Ctrl-C)")
    app = create_app_from_settings(settings)

    class GracefulServer(uvicorn.Server):
        """A server that answers waiting requests before it stops."""

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            app.state.release_waiters()
            await super().shutdown(sockets)

    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        server_header=False,
        proxy_headers=settings.trusted_proxies is not None,
        forwarded_allow_ips=settings.trusted_proxies or "",
        timeout_graceful_shutdown=10,
        timeout_keep_alive=75,  # longer than clients keep idle connections, so that none is closed as a request comes
    )
    server = GracefulServer(config)
    with contextlib.suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        raise typer.Exit(3)
