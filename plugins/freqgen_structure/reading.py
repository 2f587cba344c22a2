"""Reads a draft's text the way CPython does, before any other parser may see it.

LibCST's native parser overflows the C stack, and so ends the process, on a few thousand nested
brackets; CPython's refuses them. So CPython's goes first, and only text that it accepts, of
bounded size and depth, is handed on.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections import Counter, deque
from dataclasses import dataclass

MAX_CHARACTERS = 1_000_000
"""Longest source that is looked at. Everything takes time proportional to it."""

MAX_DEPTH = 200
"""Deepest nesting of the syntax tree; CPython limits brackets to about the same."""

MAX_BRACES = 20_000
"""Most braces. CPython 3.11 looks at a whole f-string again for each one in it."""

MAX_NODES = 100_000
"""Largest syntax tree. Real strategies have some thousands of nodes; scopes take time."""

MAX_PAIRS = 1_000_000
"""Most pairs of a place that binds a name and one that uses it: each is looked at."""

_COOKIE = re.compile(r"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_UTF8 = {"utf-8", "utf8", "utf_8", "utf-8-sig", "u8"}
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_HIDDEN = re.compile(
    "[\x01-\x08\x0b-\x0c\x0e-\x1f\x7f\x85\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ud800-\udfff]|\r(?!\n)"
)
# A page break on a line of its own hides nothing, and Python takes the line for an empty one.
_PAGE = re.compile(r"^[ \t]*\f[ \t]*(?=\r?$)", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why a text cannot be checked any further.

    :param code: The rule that reports it.
    """

    code: str
    message: str
    hint: str = ""
    line: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A text as CPython reads it: its syntax tree, or the problem that prevents one."""

    text: str
    tree: ast.Module | None = None
    problem: Problem | None = None


def read(text: str) -> Reading:
    """Parse ``text`` with CPython's parser. Never raises and never runs it."""
    problem = _too_large(text) or _unreadable(text)
    if problem:
        return Reading(text=text, problem=problem)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of invalid escapes, which are legal
            tree = ast.parse(text)
    except SyntaxError as exc:
        return Reading(text=text, problem=_syntax(exc))
    except (RecursionError, MemoryError, OverflowError):
        return Reading(text=text, problem=too_deep())
    except ValueError as exc:  # literals beyond the interpreter's limits, such as long integers
        message = f"the file is not Python: {exc}"
        return Reading(text=text, problem=Problem(code="FG001", message=message))
    line = _line_beyond(tree, MAX_DEPTH)
    if line is not None:
        return Reading(text=text, problem=too_deep(line))
    if _size(tree) > MAX_NODES or _pairs(tree) > MAX_PAIRS:
        return Reading(text=text, problem=_too_much())
    return Reading(text=text, tree=tree)


def _too_large(text: str) -> Problem | None:
    if len(text) <= MAX_CHARACTERS:
        return _too_much() if text.count("{") > MAX_BRACES else None
    return Problem(
        code="FG006",
        message=f"the file has {len(text):,} characters; more than {MAX_CHARACTERS:,} are not read",
        hint="a strategy is a few hundred lines of code; keep data elsewhere",
    )


def too_deep(line: int | None = None) -> Problem:
    """The problem of a tree that no recursive program can walk."""
    return Problem(
        code="FG006",
        message=f"an expression or block is nested more than {MAX_DEPTH} levels deep, or has as "
        "many terms in one row",
        hint="give parts of it names, or use a loop",
        line=line,
    )


def _too_much() -> Problem:
    return Problem(
        code="FG006",
        message="the file has more code than can be checked: too many expressions, or names that "
        "are bound and read too often",
        hint="a strategy is a few hundred lines of code; use loops, and keep data elsewhere",
    )


def _unreadable(text: str) -> Problem | None:
    if "\0" in text:
        return Problem(
            code="FG001",
            message="the file has a null byte; it is not Python",
            hint="save the strategy as a Python file in UTF-8",
            line=text.count("\n", 0, text.index("\0")) + 1,
        )
    for number, line in enumerate(text.split("\n", 2)[:2], start=1):
        cookie = _COOKIE.match(line)
        if cookie and cookie[1].lower() not in _UTF8:
            return Problem(
                code="FG007",
                message=f"the file declares the encoding {cookie[1]}: Python would read other "
                "code than an editor shows",
                hint="save it in UTF-8 and remove the declaration",
                line=number,
            )
    hidden = _HIDDEN.search(_PAGE.sub(lambda found: " " * len(found[0]), text))
    if hidden:
        start = hidden.start()
        return Problem(
            code="FG007",
            message=f"the file has the invisible character U+{ord(hidden[0]):04X}, which can make "
            "code look other than it runs",
            hint="remove it, or write it as an escape in a string",
            line=text.count("\n", 0, start) + 1,
            column=start - text.rfind("\n", 0, start),
        )
    return None


def _syntax(exc: SyntaxError) -> Problem:
    return Problem(
        code="FG001",
        message=f"the file is not Python: {exc.msg}",
        hint=f"the line reads: {exc.text.strip()[:100]}" if exc.text and exc.text.strip() else "",
        line=exc.lineno or None,
        column=exc.offset or None,
    )


def _line_beyond(tree: ast.Module, limit: int) -> int | None:
    """The line at which ``tree`` becomes deeper than ``limit``, without recursion."""
    queue: deque[tuple[ast.AST, int, int]] = deque([(tree, 0, 1)])
    while queue:
        node, depth, line = queue.popleft()
        line = getattr(node, "lineno", line)
        if depth > limit:
            return line
        queue.extend((child, depth + 1, line) for child in ast.iter_child_nodes(node))
    return None


def _size(tree: ast.Module) -> int:
    return sum(1 for _ in ast.walk(tree))


def _pairs(tree: ast.Module) -> int:
    """How many bindings and uses of the same name meet, function by function."""
    bound: Counter[tuple[int, str]] = Counter()
    read_: Counter[tuple[int, str]] = Counter()
    queue: deque[tuple[ast.AST, int]] = deque([(tree, 0)])
    while queue:
        node, scope = queue.popleft()
        if isinstance(node, ast.Name):
            (read_ if isinstance(node.ctx, ast.Load) else bound)[scope, node.id] += 1
        elif isinstance(node, _SCOPES):
            if not isinstance(node, ast.Lambda):
                bound[scope, node.name] += 1
            scope = id(node)
        queue.extend((child, scope) for child in ast.iter_child_nodes(node))
    everywhere: Counter[str] = Counter()  # functions read what the module binds
    for (_, name), count in read_.items():
        everywhere[name] += count
    return sum(
        count * (count + (read_[scope, name] if scope else everywhere[name]))
        for (scope, name), count in bound.items()
    )
