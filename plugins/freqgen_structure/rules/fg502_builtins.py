from typing import ClassVar

import libcst as cst

from freqgen_structure.allowed import may_reach
from freqgen_structure.attributes import refusal
from freqgen_structure.rule import Bad, Rule

REFUSED = {
    **dict.fromkeys(("eval", "exec", "compile", "__import__"), "runs a text as code"),
    **dict.fromkeys(("open", "input"), "reads or writes outside the dataframe"),
    **dict.fromkeys(("globals", "locals", "vars", "dir"), "reaches every name there is"),
    **dict.fromkeys(("setattr", "delattr"), "changes objects under a name that is not shown"),
    **dict.fromkeys(("breakpoint", "help", "exit", "quit"), "stops the bot to wait for a person"),
    **dict.fromkeys(("copyright", "credits", "license"), "reads files"),
    **dict.fromkeys(("SystemExit", "KeyboardInterrupt", "GeneratorExit"), "ends the bot"),
    "memoryview": "reaches memory",
}
_NAMED = ("getattr", "hasattr")


class Builtins(Rule):
    """FG502: a builtin is used that runs text as code, reads files or hides what is used.

    Such a builtin is refused wherever its name is used, also without a call: ``map(eval, texts)``
    runs it too. ``getattr`` is allowed with names that can be read in the file, ``type`` with
    one argument, ``print`` without ``file``. Variables of a function may have any name.
    """

    VALID = (
        "def f(dataframe):\n    open = dataframe['open']\n    return open.shift(1)\n",
        "for name in ('EMA', 'SMA'):\n    x = getattr(ta, name)\n",
        "x = type(trade) is int\nprint('x')\ny = getattr(self, 'cache', None)\n",
        "def f(x: type) -> type[int]: ...\n",
    )
    INVALID: ClassVar = (
        Bad(code="eval('1')", line=1),
        Bad(code="x = 1\nlist(map(eval, ['1']))", line=2),
        Bad(code="f = lambda o=open: o('x', 'w')", line=1),
        Bad(code="if 0:\n    open = 1\nopen('x')", line=3),
        Bad(code="class S:\n    open = None\n    def f(self):\n        return open('x')\n", line=4),
        Bad(code="getattr(x, name)", line=1),
        Bad(code="getattr(x, 'to_' + 'csv')", line=1),
        Bad(code="getattr(x, 'os')", line=1),
        Bad(code="getattr(self, 'config')", line=1),
        Bad(code="getattr(self.dp, '_exchange')", line=1),
        Bad(code="getattr(str, 'format')('{0.config}', bot)", line=1),
        Bad(code="f = getattr", line=1),
        Bad(code="type(handler)('x', 'w')", line=1),
        Bad(code="type('X', (), {})", line=1),
        Bad(code="print('x', file=f)", line=1),
        Bad(code="raise SystemExit(0)", line=1),
        Bad(code="setattr(DataFrame, 'mean', f)", line=1),
    )

    def visit_Name(self, node: cst.Name) -> None:
        name = node.value
        if name not in REFUSED and name not in (*_NAMED, "type", "print"):
            return
        if not self._is_read(node) or not self.source.is_builtin(node):
            return
        parent = self.source.parent(node)
        call = parent if isinstance(parent, cst.Call) and parent.func is node else None
        if name in REFUSED:
            self.report(node, f"{name} {REFUSED[name]}", hint="a strategy can do without it")
        elif name in _NAMED:
            self._getattr(node, call)
        elif name == "type":
            self._type(node, call)
        elif call is None or any(a.keyword and a.keyword.value == "file" for a in call.args):
            self.report(
                node,
                "print writes to more than the standard output here",
                hint="use logging.getLogger(__name__).info(…)",
            )

    def _is_read(self, node: cst.Name) -> bool:
        """Whether a name is looked up here, rather than bound, or an attribute's or keyword's."""
        parent = self.source.parent(node)
        match parent:
            case cst.Attribute(attr=attr):
                return attr is not node
            case cst.Arg(keyword=keyword):
                return keyword is not node
            case cst.FunctionDef(name=name) | cst.ClassDef(name=name) | cst.Param(name=name):
                return name is not node
            case cst.AssignTarget() | cst.AsName() | cst.ImportAlias():
                return False
            case cst.AnnAssign(target=target) | cst.NamedExpr(target=target):
                return target is not node
            case cst.MatchKeywordElement(key=key):
                return key is not node
        return True

    def _getattr(self, node: cst.Name, call: cst.Call | None) -> None:
        if call is None or len(call.args) < 2 or any(arg.star for arg in call.args):
            self.report(
                node,
                f"{node.value} is used in a way that hides which attribute is read",
                hint=f"write {node.value}(object, 'name')",
            )
            return
        names = self.source.strings(call.args[1].value)
        if names is None:
            self.report(
                node,
                f"{node.value} reads an attribute whose name cannot be seen in the file",
                hint="name it in quotes, or loop over a tuple of names in quotes",
            )
            return
        modules = self.source.imports(call.args[0].value)
        for name in sorted(names):
            if (
                refusal(name)
                or name in {"config", "session", "format", "format_map"}
                or (name.startswith("_") and not self._own(call.args[0].value))
                or any(not may_reach(f"{module}.{name}") for module in modules)
            ):
                self.report(node, f'{node.value} reads "{name}", which a strategy must not reach')

    def _own(self, node: cst.BaseExpression) -> bool:
        return bool(self.source.method_of(node) or self.source.local_class(node))

    def _type(self, node: cst.Name, call: cst.Call | None) -> None:
        parent = self.source.parent(node)
        if call is not None and (len(call.args) != 1 or call.args[0].star):
            self.report(
                node, "type with several arguments makes a class unseen", hint="write class Name:"
            )
        elif call is not None and self._makes(call):
            self.report(
                node, "an object is made of a class that is not shown", hint="name the class"
            )
        elif (
            call is None
            and not isinstance(
                parent,
                cst.Annotation
                | cst.Subscript
                | cst.BinaryOperation
                | cst.Comparison
                | cst.ComparisonTarget
                | cst.Arg
                | cst.Index,
            )
        ) or (call is None and isinstance(parent, cst.Arg) and not self._in_isinstance(parent)):
            self.report(node, "type is handed on as a value", hint="write type(object)")

    def _makes(self, call: cst.Call) -> bool:
        """Whether this is ``type(x)(…)`` of anything but the strategy's own object."""
        outer = self.source.parent(call)
        called = isinstance(outer, cst.Call) and outer.func is call
        return called and self.source.method_of(call.args[0].value) is None

    def _in_isinstance(self, arg: cst.Arg) -> bool:
        call = self.source.parent(arg)
        return (
            isinstance(call, cst.Call)
            and isinstance(call.func, cst.Name)
            and call.func.value in {"isinstance", "issubclass"}
        )
