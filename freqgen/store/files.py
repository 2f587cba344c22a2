"""Strategy files and drafts in a user directory.

A file in ``user_data/strategies/`` is run by Freqtrade, so it is there only if the database
says that it may be. Hence the order of operations (:mod:`freqgen.store.keeping`): a file is
written after its record says ``allowed`` or ``approved``, and removed before its record says
``rejected``. An interruption in between leaves a record without its file, which doing the same
again mends, and never a file without permission.
"""

from __future__ import annotations

import ast
import json
import shutil
import stat
from collections.abc import Collection
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

from freqgen.exceptions import StoreError
from freqgen.printable import printable
from freqgen.store.atomic import beside, file_error, sync_folder, write_whole
from freqgen.store.record import Record, sha256_text
from freqgen.store.status import described


class FileState(StrEnum):
    """What lies where the file of a record belongs."""

    CURRENT = "current"
    """The file of this record."""
    SUPERSEDED = "superseded"
    """The file of another revision."""
    EDITED = "edited"
    """A file that freqgen did not write, or that was edited since."""
    MISSING = "missing"
    """Nothing."""


def strategy_path(record: Record, user_data_dir: Path) -> Path:
    """Where Freqtrade looks for the strategy of a record.

    :raises StoreError: If its class cannot be the name of a file.
    """
    return user_data_dir / "strategies" / _file_name(record)


def draft_path(record: Record, user_data_dir: Path) -> Path:
    """Where the draft of a record lies, out of Freqtrade's sight.

    :raises StoreError: If the record was not stored or its class cannot be a file's name.
    """
    return draft_folder(record, user_data_dir) / _file_name(record)


def draft_folder(record: Record, user_data_dir: Path) -> Path:
    """The folder of a draft: its source, its design and its findings.

    :raises StoreError: If the record was not stored.
    """
    if not record.id.isalnum():
        raise StoreError(f'the record of "{record.name}" has no id, it was not stored')
    return user_data_dir / "freqgen" / "drafts" / record.id


def _file_name(record: Record) -> str:
    # The name comes from a model or a stranger: as a path it could lead anywhere.
    if not record.class_name.isidentifier():
        raise StoreError(
            f'"{record.class_name}" cannot be the name of a strategy',
            hint="a name has letters, digits and underscores, as in BollingerReversion",
        )
    return f"{record.class_name}.py"


def file_state(record: Record, user_data_dir: Path, known: Collection[str]) -> FileState:
    """What lies in ``strategies/`` under the name of a record.

    :param known: Digests of all sources stored for the class
        (:meth:`freqgen.store.store.Store.known_sources`).
    :raises StoreError: If the file cannot be read.
    """
    digest = _digest(strategy_path(record, user_data_dir))
    if digest is None:
        return FileState.MISSING
    if digest == record.source_sha256:
        return FileState.CURRENT
    return FileState.SUPERSEDED if digest in known else FileState.EDITED


def _digest(path: Path) -> str | None:
    """Digest of a file; of no text at all if it is something else, or leads nowhere."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return "no regular file"  # reading a pipe or a device may never end
        return sha256_text(path.read_bytes().decode("utf-8", errors="surrogateescape"))
    except FileNotFoundError:
        return "a link that leads nowhere" if path.is_symlink() else None
    except OSError as exc:
        raise file_error(exc, "cannot be read", path) from exc


def check_publishable(record: Record, user_data_dir: Path, known: Collection[str]) -> None:
    """Make sure that the file of a record has a place in ``strategies/``.

    :param known: Digests of all sources stored for the class.
    :raises StoreError: If it would overwrite what freqgen did not write, or if Freqtrade could
        load another file in its place, or values of parameters that were not checked.
    """
    path = strategy_path(record, user_data_dir)
    if file_state(record, user_data_dir, known) is FileState.EDITED:
        raise StoreError(
            f"{printable(path)} was not written by freqgen, or was edited since, and is not "
            "overwritten",
            hint="move it away, or give the strategy another name with --name",
        )
    rival = _other_file_with(record.class_name, path)
    if rival is not None:
        raise StoreError(
            f"{rival} defines a class {record.class_name} too, and Freqtrade would load the first "
            "it finds",
            hint="move that file away, or give the strategy another name with --name",
        )
    parameters = parameters_file(record, user_data_dir)
    if parameters is not None:
        raise StoreError(
            f"{parameters} holds values of parameters, perhaps of an earlier hyperopt; Freqtrade "
            f"would trade {record.class_name} with them in place of those that are checked and "
            "backtested here",
            hint="move it away, or give the strategy another name with --name",
        )


def parameters_file(record: Record, user_data_dir: Path) -> Path | None:
    """The file whose values Freqtrade would put in place of a strategy's own, if there is one.

    ``freqtrade hyperopt`` writes it beside the strategy; freqgen never does.
    """
    return parameters_beside(strategy_path(record, user_data_dir))


def parameters_beside(strategy: Path) -> Path | None:
    """The same for any strategy file."""
    path = strategy.with_suffix(".json")
    return path if path.exists() or path.is_symlink() else None


def _other_file_with(class_name: str, path: Path) -> Path | None:
    """Another file in the folder that defines the class, found without running any."""
    for other in sorted(path.parent.glob("*.py")):
        if other.name == path.name or not other.is_file():
            continue
        try:
            source = other.read_text(encoding="utf-8", errors="replace")
        except OSError as exc:
            raise file_error(exc, "cannot be read", other) from exc
        if class_name not in source:
            continue
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            # Broken today, mended tomorrow: then Freqtrade would find it.
            if f"class {class_name}" in source:
                return other
            continue
        if any(isinstance(n, ast.ClassDef) and n.name == class_name for n in ast.walk(tree)):
            return other
    return None


def publish(record: Record, user_data_dir: Path, *, known: Collection[str]) -> Path:
    """Put the strategy of a record where Freqtrade looks, and remove its draft.

    Publishing twice does nothing more; publishing an earlier revision restores it.

    :param record: A stored record that was allowed or approved.
    :param known: Digests of all sources stored for the class
        (:meth:`freqgen.store.store.Store.known_sources`).
    :returns: The file.
    :raises StoreError: If the record may not be there, if something is in the way, or if the
        file cannot be written. Then nothing has changed.
    """
    if not record.status.usable:
        raise StoreError(
            f"{described(record)} is {record.status} and stays where Freqtrade does not look",
            hint=f"freqgen approve {record.id}" if record.status == "pending" else "",
        )
    check_publishable(record, user_data_dir, known)
    path = strategy_path(record, user_data_dir)
    try:
        if _digest(path) != record.source_sha256:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, record.source.encode())
    except OSError as exc:
        raise file_error(exc, "cannot be written", path) from exc
    discard_draft(record, user_data_dir)
    return path


def withdraw(record: Record, user_data_dir: Path) -> bool:
    """Take the strategy of a record from where Freqtrade looks.

    The source stays in the database. Files of other revisions and edited ones are left alone.

    :returns: Whether it was there.
    :raises StoreError: If it cannot be removed.
    """
    path = strategy_path(record, user_data_dir)
    if _digest(path) != record.source_sha256:
        return False
    try:
        path.unlink(missing_ok=True)
    except OSError as exc:
        raise file_error(exc, "cannot be removed", path) from exc
    sync_folder(path.parent)
    return True


def save_draft(record: Record, user_data_dir: Path) -> Path:
    """Write a draft, its design and its findings into a folder of their own.

    The folder appears with everything in it, or not at all. One that is there, perhaps with
    notes of the user, is left as it is.

    :param record: A stored record.
    :returns: The file with the source; it is there only if the record has any.
    :raises StoreError: If it cannot be written.
    """
    folder = draft_folder(record, user_data_dir)
    path = draft_path(record, user_data_dir)
    if folder.is_dir():
        return path
    temporary: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        temporary = beside(folder)
        temporary.mkdir()
        for name, content in _draft_files(record).items():
            write_whole(temporary / name, content)
        temporary.rename(folder)
    except OSError as exc:
        if folder.is_dir():  # another process was faster, with the same content
            return path
        raise file_error(exc, "cannot be written", folder) from exc
    finally:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)
    sync_folder(folder.parent)
    return path


def discard_draft(record: Record, user_data_dir: Path) -> None:
    """Remove a draft. What the user added or edited there stays, and so does what cannot go."""
    folder = draft_folder(record, user_data_dir)
    for name, content in _draft_files(record).items():
        with suppress(OSError):
            if (folder / name).read_bytes() == content:
                (folder / name).unlink()
    with suppress(OSError):
        folder.rmdir()


def _draft_files(record: Record) -> dict[str, bytes]:
    files = {"findings.json": _json([dict(finding) for finding in record.findings])}
    if record.design is not None:
        files["design.json"] = _json(dict(record.design))
    if record.source:
        files[_file_name(record)] = record.source.encode()
    return files


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()
