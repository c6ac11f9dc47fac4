import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import models.provinces
from models.provinces import Province, load_builtin_province

HOME = Path(models.provinces.__file__).parent / "ryanggang"


@pytest.fixture
def ryanggang() -> Province:
    return load_builtin_province("ryanggang")


@pytest.fixture
def edited(tmp_path: Path) -> Callable[[str, str, str], Path]:
    """Copies the tables of Ryanggang and replaces a piece of text in one of them."""

    def edit(file: str, old: str, new: str) -> Path:
        folder = tmp_path / "elsewhere"
        if not folder.exists():
            shutil.copytree(HOME, folder)
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text, f"{file} does not hold {old!r}"
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        return folder

    return edit
