"""The command that checks everything that a service has stored."""

import typer
from rich.progress import Progress

from service.cli.problem_sources import error_console
from service.cli.storage_access import exit_with_reason


def check_storage() -> None:
    """Check database and tables of the service of this environment (ALLOT_DATABASE_URL, ALLOT_DATA_DIR).

    One line for each damaged record; the exit code is 1 if there is any, 3 if storage does not answer.
    """
    from service.core.settings import Settings
    from service.domain.integrity import CheckedCounts, check_store
    from service.storage.errors import DamagedRecordError, StorageError
    from service.storage.store import Store

    counts, damaged = CheckedCounts(), 0
    try:
        store = Store.open_store(Settings())
        with Progress(console=error_console, transient=True) as progress:
            task = progress.add_task("checking", total=None)
            for damage in check_store(store, counts):
                damaged += 1
                typer.echo(f"{damage.kind} {damage.name}: {damage.reason}")
                progress.advance(task)
        store.close()
    except DamagedRecordError as error:
        typer.echo(f"{error.kind} {error.name}: {error.reason}")
        raise typer.Exit(1) from error
    except (StorageError, OSError) as error:
        exit_with_reason(error)
    typer.echo(
        f"{counts.problems} problems, {counts.plans} plans, {counts.analyses} analyses, {counts.tables} tables, {counts.objects} objects "
        f"({counts.unreferenced_objects} of no table): {damaged or 'nothing'} damaged"
    )
    if damaged:
        raise typer.Exit(1)
