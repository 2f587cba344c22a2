"""Finds the strategy files in folders."""

from __future__ import annotations

import ast
import os
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from freqgen.exceptions import UsageError
from freqgen.printable import printable
from freqgen.validation.loading import MAX_FILE_BYTES, beginning, check_file

_SKIPPED = frozenset({"__pycache__", "node_modules", "site-packages"})
_METHODS = frozenset(
    {f"populate_{name}" for name in ("indicators", "entry_trend", "exit_trend", "buy_trend")}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A file to check, or what cannot be looked into.

    :param path: As it was named, or found below a folder that was.
    :param error: Why it cannot be read, if that is known already.
    """

    path: Path
    error: UsageError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What there is to check.

    :param files: In the order of the names, and of the alphabet within a folder.
    :param others: Files that were passed over, as no strategy is in them.
    :param listed: Whether what was named stands for any number of files.
    """

    files: tuple[Found, ...]
    others: tuple[Path, ...] = ()
    listed: bool = False


def gather(
    names: Sequence[str | Path], *, skip: Sequence[Path] = (), strategies_only: bool = False
) -> Gathered:
    """The files of a command line, where a folder stands for the strategies below it.

    Hidden folders, ``__pycache__`` and virtual environments below a folder are passed over, and
    so are files without a strategy. A file is checked once, whatever names and links lead to it.

    :param skip: Further folders to pass over.
    :param strategies_only: Pass over named files without a strategy too.
    :raises UsageError: If a name is neither a file that can be read nor a folder, or a folder
        has no Python file.
    """
    files: list[Found] = []
    others: list[Path] = []
    known: set[Path] = set()
    folders = [Path(name) for name in names if name != "" and _is_folder(Path(name))]
    for name in names:
        path = Path(name)
        if path not in folders or name == "":
            check_file(name)
            if _real(path) not in known:
                known.add(_real(path))
                if strategies_only and _is_other(path):
                    others.append(path)
                else:
                    files.append(Found(path=path))
            continue
        count = 0
        for found in _below(path, tuple(_real(one) for one in skip)):
            count += 1
            if _real(found.path) in known:
                continue
            known.add(_real(found.path))
            if found.error is None and _is_other(found.path):
                others.append(found.path)
            else:
                files.append(found)
        if not count:
            raise UsageError(
                f"there is no Python file in the folder {printable(path)}",
                hint="name a strategy file, or a folder that has some",
            )
    return Gathered(
        files=tuple(files), others=tuple(others), listed=bool(folders) or strategies_only
    )


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False  # what is wrong with it is said when it is read


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))


def _below(folder: Path, skip: Sequence[Path]) -> Iterator[Found]:
    """The Python files below a folder, each once, whatever links lead there."""
    walked: set[Path] = set()
    read: set[Path] = set()

    def walk(current: Path) -> Iterator[Found]:
        real = _real(current)
        if real in walked:
            return
        walked.add(real)
        try:
            with os.scandir(current) as entries:
                ordered = sorted(entries, key=lambda entry: entry.name)
        except OSError as exc:
            yield Found(
                path=current,
                error=UsageError(
                    f"the folder {printable(current)} cannot be read: {exc.strerror or exc}",
                    hint="check its permissions",
                ),
            )
            return
        below: list[Path] = []
        for entry in ordered:
            path = current / entry.name
            if entry.name.startswith("."):
                continue
            if _is_folder(path):
                if entry.name not in _SKIPPED and _real(path) not in skip and not _is_venv(path):
                    below.append(path)
            elif entry.name.endswith(".py") and _real(path) not in read:
                read.add(_real(path))
                yield Found(path=path)
        for path in below:
            yield from walk(path)

    return walk(folder)


def _is_venv(folder: Path) -> bool:
    return (folder / "pyvenv.cfg").is_file()


def _is_other(path: Path) -> bool:
    """Whether a file holds no strategy, as far as can be told without running it."""
    try:
        data = beginning(path, MAX_FILE_BYTES + 1)
    except UsageError:
        return False  # which is to be said
    text = data.replace(b"\0", b"").decode("utf-8", errors="replace")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        return "IStrategy" not in text
    return not any(_like_a_strategy(node) for node in ast.walk(tree))


def _like_a_strategy(node: ast.AST) -> bool:
    """Whether a class has a strategy's base, or its methods where the base is elsewhere."""
    if isinstance(node, ast.ImportFrom):
        return any(a.name == "IStrategy" and a.asname for a in node.names)
    if not isinstance(node, ast.ClassDef):
        return False
    return any(_name_of(base) == "IStrategy" for base in node.bases) or any(
        isinstance(item, ast.FunctionDef) and item.name in _METHODS for item in node.body
    )


def _name_of(base: ast.expr) -> str:
    return base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "")
