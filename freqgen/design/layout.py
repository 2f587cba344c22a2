"""Python source laid out to a width: a small document printer.

After Wadler's "A prettier printer": a piece is written on one line if it fits, else its parts
go on lines of their own. Only the shapes that the compiler writes exist here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

WIDTH = 100


@dataclass(frozen=True, slots=True)
class Text:
    """Source that is never broken."""

    text: str

    def flat(self) -> str:
        """The text itself."""
        return self.text

    def lines(self, indent: int, used: int = 0) -> str:  # noqa: ARG002  (the shape of all)
        """The text itself."""
        return self.text


@dataclass(frozen=True, slots=True)
class Infix:
    """Parts joined by an operator; broken before each operator, within someone's brackets."""

    operator: str
    parts: tuple[Doc, ...]

    def flat(self) -> str:
        """All on one line."""
        return f" {self.operator} ".join(part.flat() for part in self.parts)

    def lines(self, indent: int, used: int = 0) -> str:
        """Each part on its own line."""
        first, *rest = self.parts
        lead = len(self.operator) + 1 + used
        return f"\n{' ' * indent}".join(
            [render(first, indent)]
            + [f"{self.operator} {render(part, indent, lead)}" for part in rest]
        )


@dataclass(frozen=True, slots=True)
class Brackets:
    """``head`` + parts separated by commas + ``tail``; broken after each comma."""

    head: str
    parts: tuple[Doc, ...]
    tail: str

    def flat(self) -> str:
        """All on one line."""
        return f"{self.head}{', '.join(part.flat() for part in self.parts)}{self.tail}"

    def lines(self, indent: int, used: int = 0) -> str:  # noqa: ARG002  (the tail is short)
        """Each part on its own line, with a trailing comma."""
        inner = " " * (indent + 4)
        body = "".join(f"{inner}{render(part, indent + 4, 1)},\n" for part in self.parts)
        return f"{self.head}\n{body}{' ' * indent}{self.tail}"


@dataclass(frozen=True, slots=True)
class Parens:
    """One part in parentheses, with something attached behind, as in ``(a + b).shift(1)``."""

    part: Doc
    suffix: str = ""

    def flat(self) -> str:
        """All on one line."""
        return f"({self.part.flat()}){self.suffix}"

    def lines(self, indent: int, used: int = 0) -> str:  # noqa: ARG002  (the tail is short)
        """The part on lines of its own."""
        inner = " " * (indent + 4)
        return f"(\n{inner}{render(self.part, indent + 4)}\n{' ' * indent}){self.suffix}"


@dataclass(frozen=True, slots=True)
class Attached:
    """A piece with something attached in front and behind, as in ``~x`` or ``x.shift(1)``."""

    before: str
    part: Doc
    after: str

    def flat(self) -> str:
        """All on one line."""
        return f"{self.before}{self.part.flat()}{self.after}"

    def lines(self, indent: int, used: int = 0) -> str:
        """Broken where the piece breaks."""
        used += len(self.before) + len(self.after)
        return f"{self.before}{render(self.part, indent, used)}{self.after}"


def joined(operator: str, parts: Iterable[Doc]) -> Infix:
    """Parts joined by an associative operator; those joined by the same one become one list."""
    flat: list[Doc] = []
    for part in parts:
        flat += part.parts if isinstance(part, Infix) and part.operator == operator else [part]
    return Infix(operator, tuple(flat))


Doc = Text | Infix | Brackets | Parens | Attached


def render(doc: Doc, indent: int, used: int = 0) -> str:
    """Write a piece.

    :param indent: Column in which its lines begin.
    :param used: Characters on the first and last line that others need.
    """
    flat = doc.flat()
    if indent + used + len(flat) <= WIDTH:
        return flat
    return doc.lines(indent, used)


def statement(doc: Doc, indent: int, used: int = 0) -> str:
    """A whole statement with its indentation; ``used`` as in :func:`render`."""
    return " " * indent + render(doc, indent, used)


def literal(value: object) -> Doc:
    """JSON values as Python source."""
    if isinstance(value, dict):
        return Brackets(
            "{",
            tuple(Attached(f"{_quoted(str(k))}: ", literal(v), "") for k, v in value.items()),
            "}",
        )
    if isinstance(value, list):
        return Brackets("[", tuple(literal(item) for item in value), "]")
    return Text(_quoted(value) if isinstance(value, str) else repr(value))


def _quoted(text: str) -> str:
    """A string literal in double quotes, ASCII only."""
    escaped = text.encode("unicode_escape").decode("ascii").replace('"', '\\"')
    return f'"{escaped}"'
