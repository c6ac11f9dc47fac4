"""The storage of the environment, for commands that work on it without a service."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

import typer

from service.cli.problem_sources import error_console

if TYPE_CHECKING:
    from service.storage.store import Store


@contextmanager
def open_store() -> Iterator["Store"]:
    """Open the store of the settings, with its database upgraded; exit with 3 and the reason if it cannot be opened or used."""
    from service.core.settings import Settings
    from service.storage.errors import StorageError
    from service.storage.store import Store

    try:
        store = Store.open_store(Settings())
        try:
            yield store
        finally:
            store.close()
    except (StorageError, OSError) as error:
        exit_with_reason(error)


def exit_with_reason(error: Exception) -> NoReturn:
    """Print in one line why storage cannot be opened or used, and exit with 3."""
    from service.domain.startup import explain_start_failure

    error_console.print(explain_start_failure(error), markup=False, soft_wrap=True)
    raise typer.Exit(3) from error
