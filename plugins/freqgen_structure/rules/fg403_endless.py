from typing import ClassVar

import libcst as cst

from freqgen_structure.nodes import number_of
from freqgen_structure.rule import Bad, Rule

_WITHOUT_END = frozenset({"itertools.count", "itertools.cycle", "itertools.repeat"})


class Endless(Rule):
    """FG403: a loop never ends.

    ``while True`` without ``break``, ``return`` or ``raise`` stops the bot where it stands; in
    the body of the file or of a class, where it is loaded.
    """

    HINT = "leave the loop with break, or loop over something that ends"
    VALID = (
        "while True:\n    if f():\n        break\n",
        "def f():\n    while 1:\n        return 1\n",
        "def f(n):\n    while n:\n        n -= 1\n",
        "def f():\n    while True:\n        yield 1\n",
        "import itertools\nfor n in itertools.count():\n    if n > 3:\n        break\n",
        "import itertools\nfor n in itertools.repeat(1, 3):\n    x = n\n",
    )
    INVALID: ClassVar = (
        Bad(code="while True:\n    x = 1\n", line=1),
        Bad(code="def f():\n    while 1:\n        for x in y:\n            break\n", line=2),
        Bad(code="x = 1\nwhile not False:\n    def f():\n        return 1\n", line=2),
        Bad(code="import itertools\nfor n in itertools.count():\n    x = n\n", line=2),
    )

    def visit_While(self, node: cst.While) -> None:
        if _is_true(node.test) and not self._left(node):
            self.report(node)

    def visit_For(self, node: cst.For) -> None:
        if not isinstance(node.iter, cst.Call) or self._left(node):
            return
        path = self.source.imported(node.iter.func)
        bounded = path == "itertools.repeat" and len(node.iter.args) > 1
        if path in _WITHOUT_END and not bounded:
            self.report(node)

    def _left(self, loop: cst.While | cst.For) -> bool:
        """Whether something in a loop leaves it, or gives others their turn."""
        for leaving in self.source.below(
            loop.body, cst.Break, cst.Return, cst.Raise, cst.Yield, cst.Await
        ):
            inner: tuple[type[cst.CSTNode], ...] = (cst.FunctionDef, cst.ClassDef, cst.Lambda)
            if isinstance(leaving, cst.Break):
                inner += (cst.While, cst.For)
            for outer in self.source.ancestors(leaving):
                if outer is loop:
                    return True
                if isinstance(outer, inner):
                    break
        return False


def _is_true(test: cst.BaseExpression) -> bool:
    match test:
        case cst.Name(value="True"):
            return True
        case cst.UnaryOperation(operator=cst.Not(), expression=cst.Name(value="False" | "None")):
            return True
    return bool(number_of(test))
