from typing import ClassVar

import libcst as cst

from freqgen import Severity
from freqgen_structure.expressions import reads_attributes
from freqgen_structure.rule import Bad, Rule

_VALUES = frozenset({"abs", "bool", "float", "format", "int", "len", "repr", "round", "str", "sum"})
_DEPTH = 5


class Format(Rule):
    """FG508: a format string reads attributes of what it is given.

    ``"{0.config}".format(self)`` reads an attribute from within a text, where no other check
    sees it. Use an f-string, whose expressions are code like any other. Where the format string
    itself cannot be seen in the file, this is an error, and a warning if it is given numbers and
    texts only.
    """

    HINT = 'write an f-string, as in f"{value:.2f}"'
    VALID = (
        "x = 'ema_{}'.format(5)\ny = '{name:>{width}}'.format(name=n, width=3)\n",
        "x = f'{trade.open_rate:.2f}'\ny = '{0[pair]}'.format(metadata)\n",
        "template = 'ema_{}'\nx = template.format(5)\n",
    )
    INVALID: ClassVar = (
        Bad(code="x = '{0.os.environ}'.format(y)", line=1),
        Bad(code="x = 1\ny = '{l.os}'.format_map({'l': z})", line=2),
        Bad(code="x = '{:{0.width}}'.format(y)", line=1),
        Bad(code="t = '{0.config}'\nx = t.format(self)", line=2),
        Bad(code="x = (a + b).format(self)", line=1),
        Bad(code="x = (a + b).format(c)", line=1),
        Bad(code="f = '{0.os}'.format", line=1),
        Bad(code="x = str.format('{0.config[exchange][key]}', bot)", line=1),
        Bad(code="x = map(str.format, texts, bots)", line=1),
        Bad(code="x = (a + b).format(5, str(c))", line=1),
    )

    def visit_Attribute(self, node: cst.Attribute) -> None:
        if node.attr.value not in {"format", "format_map"}:
            return
        call = self.source.parent(node)
        arguments = list(call.args) if isinstance(call, cst.Call) and call.func is node else []
        template = node.value
        if isinstance(template, cst.Name) and template.value == "str":
            if not arguments or arguments[0].star or arguments[0].keyword:
                self.report(node, "str.format is handed on, and what it is given is not shown")
                return
            template = arguments.pop(0).value
        templates = self.source.strings(template)
        if templates is not None:
            if any(reads_attributes(template) for template in templates):
                self.report(node, "this format string reads attributes of what it is given")
            return
        plain = all(not arg.star and self._plain(arg.value) for arg in arguments)
        risky = not plain or node.attr.value == "format_map" or not arguments
        self.report(
            node,
            "the format string cannot be seen here, and may read attributes of what it is given",
            severity=Severity.ERROR if risky else Severity.WARNING,
        )

    def _plain(self, node: cst.BaseExpression, depth: int = 0) -> bool:
        """Whether a value is a number or a text, in whose attributes there is nothing to read."""
        match node:
            case cst.BaseNumber() | cst.BaseString() | cst.Comparison():
                return True
            case cst.BinaryOperation(left=left, right=right):
                return self._plain(left, depth) and self._plain(right, depth)
            case cst.UnaryOperation(expression=inner):
                return self._plain(inner, depth)
            case cst.Call(func=cst.Name(value=name) as func):
                return name in _VALUES and self.source.is_builtin(func)
            case cst.Subscript(value=cst.Name(value="metadata")):
                return True
            case cst.Name() if depth < _DEPTH:
                bound = self.source.values(node)
                return bool(bound) and all(v and self._plain(v, depth + 1) for v in bound)
        return False
