"""Commands for the owner of the database."""

from typing import Annotated

import typer

from service.cli.storage_access import open_store

app = typer.Typer(no_args_is_help=True, help="The database, as its owner.")


@app.callback()
def _group() -> None:
    """The database, as its owner."""


@app.command("upgrade")
def upgrade_database(
    service_role: Annotated[
        str | None,
        typer.Option(help="Role of PostgreSQL that serves; it gets the rights that a service needs, and no others."),
    ] = None,
) -> None:
    """Upgrade the database in ALLOT_DATABASE_URL, and grant the rights of a service to a role.

    Run it as the owner, before services start that connect as the role. The exit code is 3 if it cannot be done.
    """
    from service.storage.service_role import grant_service_role

    with open_store() as store:
        if service_role is not None:
            grant_service_role(store.engine, service_role)
    typer.echo(
        "The database is up to date."
        if service_role is None
        else f"The database is up to date; {service_role} may serve."
    )
