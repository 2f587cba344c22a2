"""How many candles back an expression looks."""

from __future__ import annotations

from freqgen.design.expressions import Call, Column, Comparison, Kind, Node, scalar_range

MAX_STARTUP = 4_999
"""What Freqtrade can load at the start of a live bot from most exchanges, in candles."""


def offsets(node: Node, offset: int) -> list[tuple[str, int]]:
    """Columns below ``node``, each with how many candles back it is read."""
    if isinstance(node, Column):
        return [(node.name, offset)]
    if isinstance(node, Comparison):
        for side, other in ((node.left, node.right), (node.right, node.left)):
            if isinstance(side, Call) and side.function == "bars_since":
                reach = _reach(other)
                return [p for c in side.operands for p in offsets(c, offset + reach)] + offsets(
                    other, offset
                )
    if isinstance(node, Call):
        windows = {"highest": -1, "lowest": -1, "mean": -1, "std": -1, "zscore": -1}
        if node.function.startswith("crosses_"):
            offset += 1
        else:
            offset += max(node.window + windows.get(node.function, 0), 0)
    return [pair for child in node.children() for pair in offsets(child, offset)]


def _reach(node: Node) -> int:
    """The most candles that a count is compared with, where that is a fixed number."""
    if node.kind is not Kind.SCALAR:
        return 0
    return max(0, min(int(scalar_range(node)[1]) + 1, MAX_STARTUP))
