"""What models put around what was asked for: Markdown, prose, their thoughts."""

from __future__ import annotations

import ast
import re
import warnings
from codeop import compile_command
from dataclasses import dataclass, field

_FENCE = re.compile(r"(?P<indent>[ \t]*)(?P<marks>`{3,}|~{3,})(?P<label>[^`]*)")
_THOUGHTS = re.compile(r"\s*<(think|thinking|reasoning)>.*?</\1>", re.DOTALL | re.IGNORECASE)
_BEGINS = re.compile(r"(import|from|class|def|async def|if|try)\b|[@#]|\"{3}|'{3}")
_CODE = re.compile(r"\s|(import|from|class|@|def|async def)\b")
_FUNCTION = re.compile(r"^\s*(?:async )?def (\w+)", re.MULTILINE)
_NUMBERED = re.compile(r"[ \t]*(?P<number>\d{1,6}) ?\| ?(?P<line>.*)")
_TRIES = 20
_LARGEST = 200_000
"""Characters of a reply without a fence in which prose is looked for, or the place where it was
cut off: a strategy has some thousand, and every try parses all of them."""


@dataclass(slots=True)
class _Block:
    """A fenced block that is being read.

    :param marks: The fence that opened it.
    :param indent: White space before it, which its lines may have too.
    """

    marks: str
    indent: str
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def plain_lines(text: str) -> str:
    """A reply with line feeds alone at the ends of its lines, and no byte order mark."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def without_thoughts(text: str) -> str:
    """A reply without the thinking that some models put before it, in marks of their own."""
    match = _THOUGHTS.match(text)
    return text[match.end() :] if match else text


def unfenced(text: str, class_name: str = "") -> str:
    """The Python file in a reply, without the Markdown and the prose around it.

    Of several fenced blocks the longest of those that define the class is taken, or a later one
    that has all its functions: a model that corrects itself writes the file again. Without such a
    block, prose before and after the code is left out where the rest is Python with a class;
    otherwise the longest block of all, or the reply as it is, and the checks say what is wrong
    with it. Nothing within the code is changed but the ends of its lines; the numbers before all of
    them, with which a model has been shown the file, are taken away.

    :param class_name: Name of the class that was asked for; empty if none was.
    :returns: The text with one line feed at its end.
    """
    text = without_thoughts(plain_lines(text))
    found = [_without_numbers(block) for block in fenced_blocks(text)]
    for name in filter(None, (re.escape(class_name), r"\w+")):
        chosen = [block for block in found if re.search(rf"^class {name}\b", block, re.MULTILINE)]
        if chosen:
            return _ended(_last_whole(chosen))
    bare = _without_numbers(_without_prose(text))
    return _ended(max(found, key=len) if found and bare == text else bare)


def _last_whole(blocks: list[str]) -> str:
    """The longest block, or the last one that is Python and has all the functions of that."""
    longest = max(blocks, key=len)
    wanted = set(_FUNCTION.findall(longest))
    whole = [
        one for one in blocks if wanted <= {*_FUNCTION.findall(one)} and _parsed(one) is not None
    ]
    return whole[-1] if whole else longest


def _without_numbers(code: str) -> str:
    """Code without the numbers of its lines, if every line has one."""
    lines = code.strip("\n").split("\n")
    found = [_NUMBERED.fullmatch(line) for line in lines]
    numbers = [int(one["number"]) for one in found if one]
    if len(numbers) < max(len(lines), 2) or numbers != [*range(1, len(numbers) + 1)]:
        return code
    return "\n".join(one["line"] for one in found if one)


def fenced_blocks(text: str) -> list[str]:
    """What stands in Markdown fences, as CommonMark has them; the last may not be closed.

    A fence is closed by one of the same marks, at least as long, at most three columns further
    in and without a label, so the fences within a docstring are part of it. Lines of an indented
    block lose its indentation.
    """
    closed, last = _blocks(text)
    if last is not None and last.text.strip():
        closed.append(last.text)
    return closed


def never_closed(text: str) -> bool:
    """Whether the last fence of a reply was opened and not closed, as where it was cut off."""
    _, last = _blocks(without_thoughts(plain_lines(text)))
    return last is not None and bool(last.text.strip())


def _blocks(text: str) -> tuple[list[str], _Block | None]:
    """What stands in fences that are closed, and the last block if it is not."""
    blocks: list[str] = []
    block: _Block | None = None
    for line in text.split("\n"):
        fence = _FENCE.fullmatch(line)
        if block is None:
            if fence is not None:
                block = _Block(fence["marks"], fence["indent"])
        elif (
            fence is not None
            and not fence["label"].strip()
            and fence["marks"].startswith(block.marks)
            and len(fence["indent"].expandtabs(4)) <= len(block.indent.expandtabs(4)) + 3
        ):
            blocks.append(block.text)
            block = None
        else:
            block.lines.append(line.removeprefix(block.indent))
    return blocks, block


def _ended(text: str) -> str:
    return text.strip("\n") + "\n"


def _without_prose(text: str) -> str:
    """Code without the sentences around it; the very same text where that is not certain."""
    if len(text) > _LARGEST or _parsed(text) is not None:
        return text
    lines = text.split("\n")
    starts = [number for number, line in enumerate(lines) if _BEGINS.match(line)]
    for start in starts[:_TRIES]:
        code = _code_from(lines[start:])
        if code is not None:
            return code
    return text


def _code_from(lines: list[str]) -> str | None:
    """The code that lines begin with, if only prose follows it."""
    fault = _fault("\n".join(lines))
    end = len(lines)
    if fault is not None:
        end = fault - 1
        if any(_CODE.match(line) for line in lines[end:] if line.strip()):
            return None  # what follows is code, so the fault is one of the code's own
    code = "\n".join(lines[:end])
    tree = _parsed(code)
    if tree is None or not any(isinstance(node, ast.ClassDef) for node in tree.body):
        return None
    return code


def _parsed(code: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of invalid escapes, which are legal
            return ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _fault(code: str) -> int | None:
    """The line of a syntax error, from 1."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(code)
    except SyntaxError as exc:
        return exc.lineno or 1
    except (ValueError, RecursionError, MemoryError):
        return 1
    return None


def ends_midway(code: str) -> bool:
    """Whether a source is no Python because it stops before it is done, as a cut-off reply does."""
    if len(code) > _LARGEST or _parsed(code) is not None:
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return compile_command(code.rstrip() + "\n", "<reply>", "exec") is None
    except SyntaxError as exc:
        *before, last = code.rstrip().split("\n")
        if exc.lineno != len(before) + 1:
            return False
        # What Python stumbles over is the end of the last line, or the last word of it.
        rest = last[max((exc.offset or 1) - 1, 0) :]
        return "unterminated string" in str(exc.msg) or len(rest.split()) <= 1
    except (ValueError, OverflowError, RecursionError, MemoryError):
        return False
