"""Reads anybody's strategy files, without running them."""

from __future__ import annotations

import ast
import codecs
import re
import warnings
from dataclasses import dataclass
from pathlib import Path

from freqgen.draft import Draft
from freqgen.exceptions import UsageError
from freqgen.finding import Finding, Phase, Severity
from freqgen.printable import printable

MAX_FILE_BYTES = 1_000_000
"""Largest file that is read as a strategy."""

_LONE_LF = re.compile(r"(?<!\r)\n")


def check_file(name: str | Path) -> None:
    """Refuse what is no file that can be read, before anything is done with it.

    :param name: A strategy file, as it was named.
    :raises UsageError: If there is no such file or it cannot be read.
    """
    if name == "":
        raise UsageError("a file without a name was asked for", hint="name a strategy file")
    if name == "-" and not Path("-").exists():
        raise UsageError(
            "standard input is not read here", hint="save the strategy in a file, and name that"
        )
    beginning(Path(name), 1)


def beginning(path: Path, size: int) -> bytes:
    """The first bytes of a file.

    :raises UsageError: If there is no such file or it cannot be read.
    """
    try:
        if path.is_dir():
            raise UsageError(
                f"{printable(path)} is a folder, not a strategy file",
                hint="name the .py files in it",
            )
        if path.exists() and not path.is_file():  # a pipe may never end, and neither a device
            raise UsageError(f"{printable(path)} is no regular file", hint="name a strategy file")
        with path.open("rb") as file:
            return file.read(size)
    except FileNotFoundError as exc:
        raise UsageError(f"there is no file {printable(path)}", hint="check the path") from exc
    except (OSError, ValueError) as exc:
        reason = getattr(exc, "strerror", None) or str(exc)
        raise UsageError(
            f"{printable(path)} cannot be read: {reason}", hint="check the file and its permissions"
        ) from exc


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """Somebody's file, as it was when it was read.

    :param data: What is in it; the beginning, where it is too large.
    :param draft: The strategy, if it is text.
    :param findings: Why it is no text, if it is not.
    """

    path: Path
    data: bytes
    draft: Draft | None = None
    findings: tuple[Finding, ...] = ()

    def encoded(self, source: str) -> bytes:
        """What the file would be with another source: its byte order mark and line ends stay."""
        if self.draft is not None and _all_crlf(self.draft.source):
            source = _LONE_LF.sub("\r\n", source)
        mark = codecs.BOM_UTF8 if self.data.startswith(codecs.BOM_UTF8) else b""
        return mark + source.encode()


def _all_crlf(source: str) -> bool:
    return "\r\n" in source and not _LONE_LF.search(source)


def load_draft(
    path: Path, class_name: str | None = None
) -> tuple[Draft | None, tuple[Finding, ...]]:
    """The same as :func:`load_file`, without what the file holds as bytes.

    :returns: The draft and nothing, or nothing and the findings that say why it is no text.
    :raises UsageError: If there is no such file or it cannot be read.
    """
    loaded = load_file(path, class_name)
    return loaded.draft, loaded.findings


def load_file(path: Path, class_name: str | None = None) -> Loaded:
    """Read somebody's strategy file, without running it.

    :param class_name: The strategy class; by default the subclass of ``IStrategy`` with the
        file's name, or the only one that no other derives from, else the file's name.
    :raises UsageError: If there is no such file or it cannot be read.
    """
    data = beginning(path, MAX_FILE_BYTES + 1)
    draft, findings = _draft_of(data, path, class_name)
    return Loaded(path=path, data=data, draft=draft, findings=findings)


def _draft_of(
    data: bytes, path: Path, class_name: str | None
) -> tuple[Draft | None, tuple[Finding, ...]]:
    shown = printable(path.name)
    if len(data) > MAX_FILE_BYTES:
        return None, (
            _no_text(
                "FG005",
                f"{shown} is larger than {MAX_FILE_BYTES:,} bytes",
                line=None,
            ),
        )
    try:
        source = data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        line = data.count(b"\n", 0, exc.start) + 1
        return None, (
            _no_text("FG004", f"{shown} is not UTF-8: {exc.reason} in line {line}", line),
        )
    if "\0" in source:
        line = source.count("\n", 0, source.index("\0")) + 1
        return None, (
            _no_text(
                "FG004",
                f"{shown} has a null byte in line {line}: it is no text",
                line,
            ),
        )
    name = class_name or _traded(source, path.stem) or path.stem
    return Draft(class_name=name, source=source), ()


def _no_text(code: str, message: str, line: int | None) -> Finding:
    return Finding(
        code=code,
        severity=Severity.ERROR,
        phase=Phase.PARSE,
        message=message,
        hint="save the strategy as a Python file in UTF-8"
        if code == "FG004"
        else "a strategy is a few hundred lines of code; keep data elsewhere",
        line=line,
    )


def _traded(source: str, stem: str) -> str | None:
    """The strategy of a file.

    That of the file's name, the only one that no other builds on, or the one that all others
    build on: what is said of it is true of those too.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of invalid escapes, which are legal
            tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        return None  # the validators say what is wrong with it
    known = {"IStrategy"}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            known |= {a.asname for a in node.names if a.name == "IStrategy" and a.asname}
    found: list[str] = []
    first: list[str] = []
    bases: set[str] = set()
    for node in tree.body:  # a base stands before what derives from it
        if isinstance(node, ast.ClassDef):
            own = {_base_name(base) for base in node.bases}
            if own & known:
                if not own & set(found):
                    first.append(node.name)
                known.add(node.name)
                bases |= own
                found.append(node.name)
    if stem in found:
        return stem
    last = [name for name in found if name not in bases]
    if len(last) == 1:
        return last[0]
    return first[0] if len(first) == 1 else None


def _base_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
