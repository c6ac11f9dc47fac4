"""Commands that are loaded when they are used: `allot keys` waits for no solver, and `allot plan` for no database."""

from collections import UserDict
from importlib import import_module
from typing import Any

import typer
from typer.main import get_group


class CommandTable(UserDict[str, Any]):
    """Commands by name. A command is the text `module:attribute`, with a function or a group of commands, until it is used."""

    def __getitem__(self, name: str) -> Any:
        """Return a command, loaded now if it was not."""
        if isinstance(self.data[name], str):
            self.data[name] = _load_command(name, self.data[name])
        return self.data[name]


def _load_command(name: str, address: str) -> Any:
    module, _, attribute = address.partition(":")
    found = getattr(import_module(module), attribute)
    app = typer.Typer(add_completion=False)
    if isinstance(found, typer.Typer):
        app.add_typer(found, name=name)
    else:
        app.command(name)(found)
    return get_group(app).commands[name]
