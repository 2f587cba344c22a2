"""Questions about what a library has, which decide whether an expression is reached at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from freqgen_structure.nodes import dotted

if TYPE_CHECKING:
    from freqgen_structure.source import Source

_LEAVES = (cst.Return, cst.Raise, cst.Continue, cst.Break)


def guarded(source: Source, node: cst.CSTNode) -> bool:
    """Whether ``node`` is reached only if the file asked what the library has.

    This is ``np.trapezoid if hasattr(np, "trapezoid") else np.trapz`` in all its spellings:
    an ``if`` around it, or one before it that leaves, ``and``, ``or``, and a name that holds
    the answer.
    """
    named = node.func if isinstance(node, cst.Call) else node
    base = dotted(named.value) if isinstance(named, cst.Attribute) else None
    inner = node
    for outer in source.ancestors(node):
        test: cst.BaseExpression | None = None
        match outer:
            case cst.If() | cst.IfExp():
                test = outer.test
            case cst.BooleanOperation() if inner is outer.right:
                test = outer.left
            case cst.IndentedBlock() | cst.Module():
                if _left_before(source, outer, inner, base):
                    return True
        # The question itself is asked in any case.
        if test is not None and test is not inner and _asks(source, test, base):
            return True
        inner = outer
    return False


def _left_before(
    source: Source, block: cst.IndentedBlock | cst.Module, line: cst.CSTNode, base: str | None
) -> bool:
    """Whether an ``if`` above a line asks, and its block does not go on to that line."""
    for above in block.body:
        if above is line:
            return False
        if not isinstance(above, cst.If) or not isinstance(above.body, cst.IndentedBlock):
            continue
        last = above.body.body[-1] if above.body.body else None
        if (
            isinstance(last, cst.SimpleStatementLine)
            and isinstance(last.body[-1], _LEAVES)
            and _asks(source, above.test, base)
        ):
            return True
    return False


def _asks(source: Source, test: cst.BaseExpression, base: str | None, *, deep: bool = True) -> bool:
    """Whether a test asks what a library, or the object ``base``, has."""
    if any(attr.attr.value == "__version__" for attr in source.below(test, cst.Attribute)):
        return True
    for call in source.below(test, cst.Call):
        asked = call.func.value if isinstance(call.func, cst.Name) else ""
        if asked not in {"hasattr", "getattr"} or len(call.args) < (2 if asked[0] == "h" else 3):
            continue
        of = call.args[0].value
        if source.imports(of) or (asked == "hasattr" and base and dotted(of) == base):
            return True
    return deep and any(
        value is not None and _asks(source, value, base, deep=False)
        for name in source.below(test, cst.Name)
        for value in source.values(name)
    )
