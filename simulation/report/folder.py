"""A folder of results that is either whole or not there."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from simulation.errors import Fault, OutputError, RunError

__all__ = ["Folder", "check_writable", "whole_folder"]

_FOLDER_MODE = 0o755
_PROBE_BYTES = 1 << 16
_LONGEST_PREFIX = 100


class Folder:
    """Where results are being written, and where they stand once the block has ended well."""

    __slots__ = ("final", "temporary")

    def __init__(self, temporary: Path) -> None:
        self.temporary = temporary
        self.final: Path | None = None


def check_writable(parent: Path) -> None:
    """Try to write into a folder, and leave things as they were.

    Asking for permissions is not enough: a system may grant them and still refuse, or have no space left.

    Raises:
        OutputError: if results could not be written there.
    """
    made = [folder for folder in (parent, *parent.parents) if not os.path.lexists(folder)]
    try:
        parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(prefix=".probe-", dir=parent) as probe:
            probe.write(bytes(_PROBE_BYTES))
            probe.flush()
    except (OSError, ValueError) as error:
        raise OutputError(_refused(parent, error)) from None
    finally:
        for folder in made:
            with suppress(OSError):
                folder.rmdir()


@contextmanager
def whole_folder(parent: Path, name: str) -> Iterator[Folder]:
    """Write into a hidden folder beside the target and rename it when the block ends well.

    Anything else, an interruption included, removes it.  Where the name is taken it gets ``-2``, ``-3``, ...; a
    result that stands is never touched.

    Raises:
        RunError: if the system refuses to write, as where a disk is full.
    """
    try:
        parent.mkdir(parents=True, exist_ok=True)
        folder = Folder(Path(tempfile.mkdtemp(prefix=f".{name[:_LONGEST_PREFIX]}.partial-", dir=parent)))
    except OSError as error:
        raise RunError(_refused(parent, error)) from error
    try:
        yield folder
        folder.temporary.chmod(_FOLDER_MODE)
        folder.final = _rename(folder.temporary, parent, name)
    except OSError as error:
        raise RunError(_refused(parent, error)) from error
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


def _refused(parent: Path, error: Exception) -> str:
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    hint = "free some space there" if full else "name another folder with --out"
    return (
        str(Fault(where="out", given=f"{parent}: {said}", legal="a folder that can be written to, or made", hint=hint))
        + "; nothing was written"
    )
