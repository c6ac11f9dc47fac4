"""The command that serves HTTP."""

import asyncio
import contextlib
import socket
import struct
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.cli.problem_sources import error_console

if TYPE_CHECKING:
    import uvicorn
    from uvicorn.server import ServerState

    from service.api.app import AllotApplication
    from service.core.settings import Settings


STOP_SECONDS = 10
"""Seconds that answers under way have to finish when the service stops; then they are cut off."""


def serve_http(
    host: Annotated[str | None, typer.Option(help="Address to listen on; ALLOT_HOST if absent.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; ALLOT_PORT if absent.")] = None,
) -> None:
    """Serve the page, the API (/v1) and its documentation (/docs).

    A start that fails says why in one line; the exit code is then 3, and 2 where a setting is wrong.
    """
    # Web server and database take two seconds to load, which no other command should wait for.
    from service.api.app import create_app_from_settings
    from service.storage.errors import UnsuitableStoreError

    settings = _read_settings({name: value for name, value in (("host", host), ("port", port)) if value is not None})
    error_console.print(f"Allot serves on http://{settings.host}:{settings.port}/docs (stop with Ctrl-C)")
    try:
        app = create_app_from_settings(settings)
    except UnsuitableStoreError as error:
        error_console.print(f"Allot cannot start: {error}", markup=False, soft_wrap=True)
        raise typer.Exit(3) from error

    server = _build_server(app, settings)
    with contextlib.suppress(KeyboardInterrupt, SystemExit):  # the server exits where the port is in use
        server.run()
    if not server.started:
        raise typer.Exit(3)


def _build_server(app: "AllotApplication", settings: "Settings") -> "uvicorn.Server":
    """Build the server of the application."""
    import uvicorn

    from service.api.http_protocol import HeaderTimeoutProtocol

    class GracefulServer(uvicorn.Server):
        """A server that answers waiting requests before it stops, and stops also while it waits for its database."""

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            app.is_stop_requested.set()
            super().handle_exit(sig, frame)

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            app.state.release_waiters()
            asyncio.get_running_loop().call_later(STOP_SECONDS, _reset_unfinished_answers, self.server_state)
            await super().shutdown(sockets)  # waits a moment longer

    config = uvicorn.Config(
        app,
        host=settings.host,
        http=HeaderTimeoutProtocol,
        port=settings.port,
        log_config=None,
        server_header=False,
        proxy_headers=settings.trusted_proxies is not None,
        forwarded_allow_ips=settings.trusted_proxies or "",
        timeout_graceful_shutdown=STOP_SECONDS,
        timeout_keep_alive=75,  # longer than clients keep idle connections, so that none is closed as a request comes
    )
    return GracefulServer(config)


def _reset_unfinished_answers(state: "ServerState") -> None:
    """Let the connections of unfinished answers end by a reset: in HTTP/1.0 the end of a connection is the end of an answer,
    and proxies that speak it would pass on half a table as a whole one.
    """
    for connection in state.connections:
        cycle = getattr(connection, "cycle", None)
        if cycle is not None and cycle.response_started and not cycle.response_complete:
            found = connection.transport.get_extra_info("socket")
            found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _read_settings(stated: dict[str, Any]) -> "Settings":
    """Read the settings of the environment and the stated ones; print what is wrong with them and exit with 2."""
    from pydantic import ValidationError

    from service.core.settings import Settings

    try:
        return Settings(**stated)
    except ValidationError as error:
        for one in error.errors():
            name = "_".join(str(part) for part in one["loc"])
            said = one["msg"].removeprefix("Value error, ")
            error_console.print(f"ALLOT_{name.upper()}: {said}" if name else said, markup=False, soft_wrap=True)
        raise typer.Exit(2) from error
