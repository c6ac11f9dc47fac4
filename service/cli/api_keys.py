"""Commands for API keys that work on the database itself, so that the first key can be created."""

from typing import Annotated

import typer
from pydantic import ValidationError
from rich.table import Column, Table

from service.cli.problem_sources import error_console, output_console
from service.cli.storage_access import open_store

app = typer.Typer(no_args_is_help=True, help="API keys and their roles.")


@app.command("add")
def create_api_key(
    caller: Annotated[str, typer.Argument(help="Caller of the key: a person or an office, without spaces.")],
    grant: Annotated[
        list[str],
        typer.Option(
            "--grant",
            "-g",
            help="PROVINCE:ROLE, such as ryanggang:bureau or '*:admin', or PROVINCE:factory:NAME for one factory; may be repeated.",
        ),
    ],
    days: Annotated[float, typer.Option(help="Days until the key expires; 0 for never.", min=0)] = 365.0,
) -> None:
    """Create a key and print it; the secret is shown only once."""
    from service.auth.api_keys import issue_api_key
    from service.auth.principals import Grant
    from service.domain.schemas.keys import KeyBody

    try:
        body = KeyBody(caller=caller, grants=tuple(Grant.from_text(one) for one in grant), days=days or None)
    except ValidationError as error:
        for one in error.errors():
            error_console.print(f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}", markup=False)
        raise typer.Exit(2) from error
    with open_store() as store, store.write_transaction() as transaction:
        made = issue_api_key(transaction, body.caller, body.grants, days=body.days, created_by="local")
    typer.echo(made.key)


@app.command("list")
def list_api_keys() -> None:
    """List all keys without their secrets."""
    from service.auth.principals import Grant

    with open_store() as store, store.read_transaction() as transaction:
        keys = transaction.keys.list_keys()
    whole = ("id", 12), ("caller", None), ("grants", 8), ("made", 10), ("by", None), ("expires", 10), ("revoked", 10)
    table = Table(*(Column(name, min_width=width, overflow="fold") for name, width in whole))
    for one in keys:
        grants = ", ".join(str(Grant.model_validate(grant)) for grant in one.grants)
        moments = [f"{moment:%Y-%m-%d}" if moment else "" for moment in (one.created, one.expires, one.revoked)]
        table.add_row(one.id, one.caller, grants, moments[0], one.created_by, *moments[1:])
    output_console.print(table)


@app.command("revoke")
def revoke_key_by_id(key: Annotated[str, typer.Argument(help="Identifier of the key.")]) -> None:
    """Revoke a key; the next request with it is refused."""
    from service.auth.api_keys import revoke_api_key
    from service.storage.errors import RecordNotFoundError

    with open_store() as store:
        try:
            with store.write_transaction() as transaction:
                revoke_api_key(transaction, key, revoked_by="local")
        except RecordNotFoundError as error:
            error_console.print(f"{error}.")
            raise typer.Exit(1) from error
