"""A folder of results that is either whole or not there."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["Folder", "whole_folder"]

_FOLDER_MODE = 0o755


class Folder:
    """Where results are being written, and where they stand once the block has ended well."""

    __slots__ = ("final", "temporary")

    def __init__(self, temporary: Path) -> None:
        self.temporary = temporary
        self.final: Path | None = None


@contextmanager
def whole_folder(parent: Path, name: str) -> Iterator[Folder]:
    """Write into a hidden folder beside the target and rename it when the block ends well.

    Anything else, an interruption included, removes it.  Where the name is taken it gets ``-2``, ``-3``, ...; a
    result that stands is never touched.
    """
    parent.mkdir(parents=True, exist_ok=True)
    folder = Folder(Path(tempfile.mkdtemp(prefix=f".{name}.partial-", dir=parent)))
    try:
        yield folder
        folder.temporary.chmod(_FOLDER_MODE)
        folder.final = _rename(folder.temporary, parent, name)
    finally:
        if folder.final is None:
            shutil.rmtree(folder.temporary, ignore_errors=True)


def _rename(temporary: Path, parent: Path, name: str) -> Path:
    number = 1
    while True:
        final = parent / (name if number == 1 else f"{name}-{number}")
        number += 1
        if final.exists():
            continue
        try:
            os.rename(temporary, final)
        except OSError:
            if not final.exists():
                raise
            continue
        return final
