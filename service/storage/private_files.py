"""Files and folders that nobody else on the machine may read."""

import os
import stat
from contextlib import suppress
from pathlib import Path

import structlog

_log = structlog.get_logger(__name__)


def create_private_file(file: Path) -> None:
    """Create a file and its folder, readable by their owner only; hide the file from others if it exists."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except (FileExistsError, IsADirectoryError):
        hide_from_others(file)


def hide_from_others(path: Path) -> None:
    """Take the access of others from what an older version created; the owner and the group keep theirs.

    A file of another owner, or on a disk that cannot be changed, stays as it is, with a warning.
    """
    with suppress(FileNotFoundError):
        mode = stat.S_IMODE(path.stat().st_mode)
        if not mode & stat.S_IRWXO:
            return
        try:
            path.chmod(mode & ~stat.S_IRWXO)
        except OSError:
            _log.warning("everybody on this machine can read a file of the service", path=path.name, mode=f"{mode:o}")
