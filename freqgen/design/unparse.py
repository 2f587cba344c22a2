"""Expressions back as text of the language, with no more parentheses than needed."""

from __future__ import annotations

from freqgen.design.expressions import (
    Arithmetic,
    Call,
    Column,
    Comparison,
    Logic,
    Negative,
    Node,
    Not,
    Number,
    Parameter,
)

_LEVELS = {"or": 0, "and": 1, "not": 2, "compare": 3, "+": 4, "-": 4, "*": 5, "/": 5, "neg": 6}
_ATOM = 7


def unparse(node: Node) -> str:
    """Write an expression so that parsing it gives the same tree."""
    return _write(node)[0]


def _write(node: Node) -> tuple[str, int]:
    match node:
        case Number(value=value):
            return repr(value), _ATOM
        case Column(name=name) | Parameter(name=name):
            return name, _ATOM
        case Negative(operand=operand):
            return f"-{_boxed(operand, _LEVELS['neg'])}", _LEVELS["neg"]
        case Not(operand=operand):
            return f"not {_boxed(operand, _LEVELS['not'])}", _LEVELS["not"]
        case Arithmetic(operator=sign, left=left, right=right):
            level = _LEVELS[sign]
            return f"{_boxed(left, level)} {sign} {_boxed(right, level + 1)}", level
        case Comparison(operator=sign, left=left, right=right):
            level = _LEVELS["compare"]
            return f"{_boxed(left, level + 1)} {sign} {_boxed(right, level + 1)}", level
        case Logic(operator=word, operands=operands):
            level = _LEVELS[word]
            return f" {word} ".join(_boxed(o, level + 1) for o in operands), level
        case Call(function=function, operands=operands, window=window):
            parts = [unparse(operand) for operand in operands]
            if function in _WINDOWED:
                parts.append(str(window))
            return f"{function}({', '.join(parts)})", _ATOM
    raise TypeError(f"{type(node).__name__} cannot be written")


_WINDOWED = frozenset(
    {"shift", "highest", "lowest", "mean", "std", "zscore", "change", "rising", "falling"}
)


def _boxed(node: Node, level: int) -> str:
    text, own = _write(node)
    return text if own >= level else f"({text})"
