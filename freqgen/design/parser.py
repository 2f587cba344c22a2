"""The expression language of rules: reading it.

A rule is one line in a restricted Python grammar. It is parsed with :mod:`ast` and never
evaluated by Python.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from difflib import get_close_matches

from freqgen.design.expressions import (
    FUNCTIONS,
    MAX_WINDOW,
    Arithmetic,
    Call,
    Column,
    Comparison,
    Expression,
    Function,
    Kind,
    Logic,
    Negative,
    Node,
    Not,
    Number,
    Parameter,
    Scope,
    scalar_range,
    walk,
)
from freqgen.design.model import CANDLE_COLUMNS, MAX_NUMBER
from freqgen.exceptions import DesignError

MAX_EXPRESSION_CHARACTERS = 1_000
MAX_NESTING = 60
MAX_WRITTEN = 2_000
"""Parts of an expression, counted as often as pandas code repeats them."""

_NUMBERS = frozenset({Kind.SERIES, Kind.SCALAR})

FOREIGN_OPERATORS: Mapping[type, tuple[str, str]] = {
    ast.BitAnd: ("&", "write and"),
    ast.BitOr: ("|", "write or"),
    ast.Invert: ("~", "write not"),
    ast.Pow: ("**", "multiply instead"),
    ast.Mod: ("%", "write 2 % as 0.02"),
    ast.FloorDiv: ("//", "use /"),
}

_ARITHMETIC: Mapping[type, str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_COMPARISON: Mapping[type, str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}


def parse(text: str, scope: Scope, *, path: str = "") -> Expression:
    """Parse one expression.

    :param path: Where it stands in the design; part of the error.
    :raises DesignError: With the position of the fault and the nearest valid name.
    """
    return Expression(text=text, root=_Parser(text, scope, path).parse())


def parse_rule(text: str, scope: Scope, *, path: str = "") -> Expression:
    """Parse an expression that must be a condition.

    :raises DesignError: As :func:`parse`, and if it does not say true or false candle by candle.
    """
    expression = parse(text, scope, path=path)
    kind = expression.root.kind
    if kind is not Kind.CONDITION:
        raise DesignError(
            f'"{text}" is {kind.value}; a rule must be true or false for every candle',
            path=path,
            position=0,
            hint="compare it with something, as in rsi < 30",
        )
    return expression


class _Parser:
    def __init__(self, text: str, scope: Scope, path: str) -> None:
        self.text = text
        self.scope = scope
        self.path = path

    def error(self, message: str, start: int, hint: str = "") -> DesignError:
        return DesignError(
            f'{message}, at character {start + 1} of "{self.text}"',
            path=self.path,
            position=start,
            hint=hint,
        )

    def parse(self) -> Node:
        if not self.text.strip():
            raise DesignError("the expression is empty", path=self.path, position=0)
        if len(self.text) > MAX_EXPRESSION_CHARACTERS:
            raise DesignError(
                f"the expression has {len(self.text):,} characters; "
                f"at most {MAX_EXPRESSION_CHARACTERS:,} are read",
                path=self.path,
                position=0,
            )
        for position, character in enumerate(self.text):
            if not " " <= character <= "~":
                raise self.error(f"unexpected character {character!r}", position)
        depth = 0
        for position, character in enumerate(self.text):
            depth += (character in "([{") - (character in ")]}")
            if depth > MAX_NESTING:
                raise self.error("the brackets are nested too deeply", position)
        try:
            tree = ast.parse(self.text.strip(), mode="eval")
        except SyntaxError as exc:
            raise self._syntax_error(exc) from exc
        except (RecursionError, MemoryError) as exc:
            raise self.error("the expression is too complicated", 0) from exc
        self.indent = len(self.text) - len(self.text.lstrip())
        try:
            root = self.node(tree.body)
        except RecursionError as exc:
            raise self.error("the expression is nested too deeply", 0) from exc
        if written_parts(root) > MAX_WRITTEN:
            raise self.error(
                "the expression is too complicated", 0, "make it shorter; nest fewer functions"
            )
        return root

    def _syntax_error(self, exc: SyntaxError) -> DesignError:
        indent = len(self.text) - len(self.text.lstrip())
        end = len(self.text.rstrip()) - 1
        # Python reports offset 0 where the text ends too early.
        position = min(exc.offset - 1 + indent, end) if exc.offset else end
        hint = ""
        words = self.text.split()
        if any(word in {"AND", "OR", "NOT"} for word in words):
            hint = "write and, or, not in small letters"
        elif "&&" in self.text or "||" in self.text:
            hint = "write and, or"
        elif "=" in self.text and not any(o in self.text for o in ("==", "<=", ">=", "!=")):
            hint = "to compare, write =="
        elif self.text.count("(") != self.text.count(")"):
            hint = "each ( needs a )"
        else:
            hint = "an operator stands between two values, as in close < 3 and rsi > 50"
        return self.error("this cannot be read", position, hint)

    def start(self, tree: ast.expr) -> int:
        return tree.col_offset + self.indent

    def node(self, tree: ast.expr) -> Node:
        start = self.start(tree)
        match tree:
            case ast.Constant(value=bool()):
                raise self.error(f"{tree.value!r} is not a rule", start, "leave it out")
            case ast.Constant(value=int() | float() as value):
                if abs(value) > MAX_NUMBER:
                    raise self.out_of_range(start)
                return Number(start, value)
            case ast.Name(id=name):
                return self.name(name, start)
            case ast.Attribute(value=ast.Name(id=indicator), attr=output):
                return self.output(indicator, output, start)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return Negative(start, self.number(operand))
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.number(operand)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return Not(start, self.condition(operand))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
                node = Arithmetic(
                    start, _ARITHMETIC[type(op)], self.number(left), self.number(right)
                )
                self.check_division(node)
                self.check_size(node)
                return node
            case ast.Compare():
                return self.comparison(tree)
            case ast.BoolOp(op=op, values=values):
                word = "and" if isinstance(op, ast.And) else "or"
                return Logic(start, word, tuple(self.condition(value) for value in values))
            case ast.Call():
                return self.call(tree)
            case ast.BinOp(op=op) | ast.UnaryOp(op=op):
                sign, hint = FOREIGN_OPERATORS.get(type(op), (type(op).__name__, ""))
                raise self.error(f'the operator "{sign}" is not part of the language', start, hint)
        hint = "a rule has names, numbers, + - * /, comparisons, and, or, not and functions"
        if isinstance(tree, ast.Subscript):
            hint = "for an earlier value write shift(x, 1); for an output write bb.lower"
        raise self.error("this is not part of the language", start, hint)

    def name(self, name: str, start: int) -> Node:
        if name in CANDLE_COLUMNS:
            return Column(start, name)
        if name in self.scope.parameters:
            return Parameter(start, name, *self.scope.parameters[name])
        if name in self.scope.outputs:
            outputs = self.scope.outputs[name]
            if len(outputs) == 1:
                return Column(start, name)
            listed = ", ".join(f"{name}.{output}" for output in outputs)
            raise self.error(f'"{name}" has several outputs', start, f"choose one of {listed}")
        if name in FUNCTIONS:
            raise self.error(f'"{name}" is a function', start, f"write {FUNCTIONS[name].usage}")
        raise self.unknown(name, start)

    def output(self, indicator: str, output: str, start: int) -> Node:
        written = f"{indicator}.{output}"
        outputs = self.scope.outputs.get(indicator)
        if outputs is None:
            raise self.unknown(written, start)
        if len(outputs) == 1:
            raise self.error(f'"{indicator}" has one output', start, f"write {indicator}")
        if output not in outputs:
            raise self.unknown(written, start)
        return Column(start, written)

    def unknown(self, name: str, start: int) -> DesignError:
        names = [*self.scope.names(), *FUNCTIONS]
        lower = {known.lower(): known for known in names}
        near = [lower[n] for n in get_close_matches(name.lower(), lower, n=1, cutoff=0.5)]
        hint = f"the nearest name is {near[0]}" if near else "known are " + ", ".join(names[:12])
        return self.error(f'unknown name "{name}"', start, hint)

    def number(self, tree: ast.expr) -> Node:
        node = self.node(tree)
        if node.kind not in _NUMBERS:
            raise self.error(f"a number is needed here, this is {node.kind.value}", node.start)
        return node

    def condition(self, tree: ast.expr) -> Node:
        node = self.node(tree)
        if node.kind not in {Kind.CONDITION, Kind.FACT}:
            raise self.error(
                f"a condition is needed here, this is {node.kind.value}",
                node.start,
                "compare it with something, as in rsi < 30",
            )
        return node

    def comparison(self, tree: ast.Compare) -> Node:
        start = self.start(tree)
        operands = [self.number(operand) for operand in (tree.left, *tree.comparators)]
        parts: list[Node] = []
        for op, left, right in zip(tree.ops, operands, operands[1:], strict=False):
            sign = _COMPARISON.get(type(op))
            if sign is None:
                raise self.error("only < <= > >= == != compare", start)
            if not any(
                isinstance(n, Column | Parameter | Call) for n in (*walk(left), *walk(right))
            ):
                raise self.error("two fixed numbers are compared here", left.start)
            parts.append(Comparison(start, sign, left, right))
        return parts[0] if len(parts) == 1 else Logic(start, "and", tuple(parts))

    def call(self, tree: ast.Call) -> Node:
        start = self.start(tree)
        if not isinstance(tree.func, ast.Name):
            raise self.error("only functions of the language can be called", start)
        name = tree.func.id
        function = FUNCTIONS.get(name)
        if function is None:
            if name in self.scope.outputs:
                raise self.error(
                    f'"{name}" is an indicator, not a function', start, f"write {name} alone"
                )
            near = get_close_matches(name.lower(), FUNCTIONS, n=1, cutoff=0.5)
            hint = f"the nearest is {FUNCTIONS[near[0]].usage}" if near else ""
            raise self.error(f'unknown function "{name}"', start, hint)
        if tree.keywords:
            raise self.error("arguments have no names here", start, f"write {function.usage}")
        arguments = list(tree.args)
        window = 0
        wanted = len(function.operands) + (function.window is not None)
        if len(arguments) < wanted or (len(arguments) > wanted and not function.many):
            raise self.error(
                f"{name} takes {wanted}{' or more' if function.many else ''} "
                f"{'argument' if wanted == 1 else 'arguments'}, {len(arguments)} given",
                start,
                f"write {function.usage}",
            )
        if function.window is not None:
            window = self.window(arguments.pop(), function)
        operands = tuple(self.node(argument) for argument in arguments)
        for number, operand in enumerate(operands):
            allowed = function.operands[min(number, len(function.operands) - 1)]
            if operand.kind not in allowed:
                kinds = " or ".join(sorted(kind.value for kind in allowed))
                raise self.error(
                    f"{name} needs {kinds} here, this is {operand.kind.value}",
                    operand.start,
                    f"write {function.usage}",
                )
        if name.startswith("crosses_") and {o.kind for o in operands} == {Kind.SCALAR}:
            raise self.error("two fixed numbers never cross", start)
        return Call(start, name, operands, window)

    def window(self, tree: ast.expr, function: Function) -> int:
        low = function.window or 0
        if (
            isinstance(tree, ast.Constant)
            and type(tree.value) is int
            and low <= tree.value <= MAX_WINDOW
        ):
            return tree.value
        if isinstance(tree, ast.UnaryOp):
            raise self.error(
                f"{function.usage} looks into the future with a negative n",
                self.start(tree),
                f"n is a whole number from {low}",
            )
        raise self.error(
            f"n must be a whole number from {low} to {MAX_WINDOW}",
            self.start(tree),
            f"write {function.usage} with a number for n",
        )

    def check_division(self, node: Arithmetic) -> None:
        if node.operator != "/" or node.right.kind is not Kind.SCALAR:
            return
        low, high = scalar_range(node.right)
        if low <= 0 <= high:
            raise self.error("this may divide by zero", node.right.start)

    def check_size(self, node: Arithmetic) -> None:
        if node.kind is not Kind.SCALAR:
            return
        low, high = scalar_range(node)
        if not -MAX_NUMBER <= low <= high <= MAX_NUMBER:
            raise self.out_of_range(node.start)

    def out_of_range(self, start: int) -> DesignError:
        return self.error(
            "this number is out of range",
            start,
            f"numbers lie between {-MAX_NUMBER:g} and {MAX_NUMBER:g}",
        )


def written_parts(node: Node) -> int:
    """How many parts pandas code for an expression has, at most.

    Some forms repeat their operands (a negated crossing asks of each whether it is there), and
    repetition multiplies where they are nested.
    """
    times = 1
    if isinstance(node, Comparison) and node.operator in {"==", "!="}:
        times = 2
    elif isinstance(node, Call):
        times = _REPEATED.get(node.function, 1)
    return 1 + times * sum(written_parts(child) for child in node.children())


_REPEATED = {"crosses_above": 3, "crosses_below": 3, "rising": 2, "falling": 2}
