"""What a design may say although it is probably not meant."""

from __future__ import annotations

from freqgen.design.expressions import Call, Column, Comparison, Node, walk

_BELOW_HIGH = frozenset({"open", "high", "low", "close"})


def never_true(root: Node) -> list[str]:
    """Comparisons with an extreme that includes the current candle, which never hold."""
    warnings = []
    for node in walk(root):
        if isinstance(node, Comparison) and node.operator in {"<", ">"}:
            big, small = (
                (node.left, node.right) if node.operator == ">" else (node.right, node.left)
            )
        elif isinstance(node, Call) and node.function.startswith("crosses_"):
            left, right = node.operands
            big, small = (left, right) if node.function == "crosses_above" else (right, left)
        else:
            continue
        if _is_extreme_of(small, "highest", big, "high"):
            warnings.append(
                "this never holds, because the highest value includes the current candle; "
                "write shift(highest(...), 1)"
            )
        elif _is_extreme_of(big, "lowest", small, "low"):
            warnings.append(
                "this never holds, because the lowest value includes the current candle; "
                "write shift(lowest(...), 1)"
            )
    return warnings


def _is_extreme_of(extreme: Node, function: str, value: Node, bound: str) -> bool:
    if not (isinstance(extreme, Call) and extreme.function == function):
        return False
    inner = extreme.operands[0]
    return inner == value or (
        isinstance(inner, Column)
        and inner.name == bound
        and isinstance(value, Column)
        and value.name in _BELOW_HIGH
    )
