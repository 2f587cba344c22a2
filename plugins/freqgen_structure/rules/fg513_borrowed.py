from typing import ClassVar

import libcst as cst

from freqgen_structure.nodes import decorators
from freqgen_structure.rule import Bad, Rule

_BOUND = frozenset({"classmethod", "staticmethod"})


class Borrowed(Rule):
    """FG513: a method is given somebody else's object as its own.

    A strategy may do with its own object what it must not do with others. After
    ``Helper.save(dataframe)`` the dataframe is ``self``, and no check of the method sees that.
    """

    HINT = "call the method on an object of its class, or write a function"
    VALID = (
        "class A:\n    def f(self): ...\n\n\nclass B(A):\n    def f(self):\n"
        "        super().f()\n        A.f(self)\n",
        "class A:\n    @staticmethod\n    def f(x): ...\n    @classmethod\n"
        "    def g(cls): ...\n\n\nA.f(1)\nA.g()\n",
        "class A:\n    def f(self): ...\n\n\na = A()\na.f()\n",
        "class A:\n    @property\n    def x(self): ...\n\n    @x.setter\n"
        "    def x(self, value): ...\n\n    def g(self): ...\n    y = property(g)\n",
    )
    INVALID: ClassVar = (
        Bad(code="class A:\n    def f(self): ...\n\n\nA.f(dataframe)\n", line=5),
        Bad(code="class A:\n    def f(self): ...\n\n\nx = map(A.f, frames)\n", line=5),
        Bad(code="class A:\n    def f(self): ...\n    f(dataframe)\n", line=3),
        Bad(code="class A:\n    def f(self): ...\n    x = {'f': f}\n", line=3),
        Bad(code="class A:\n    def f(self): ...\n\n\ntype(a).f(dataframe)\n", line=5),
        Bad(code="class A:\n    def f(self): ...\n\n\ngetattr(A, 'f')(dataframe)\n", line=5),
        Bad(code="class A:\n    def f(self): ...\n    @classmethod\n    def g(cls):\n"
                 "        cls.f(dataframe)\n", line=5),
    )  # fmt: skip

    def check(self) -> None:
        self._methods = {
            function.name.value
            for function in self.source.all(cst.FunctionDef)
            if self.source.class_of(function) and not decorators(function) & _BOUND
        }
        super().check()

    def visit_Attribute(self, node: cst.Attribute) -> None:
        if node.attr.value in self._methods and self._is_class(node.value):
            call = self.source.parent(node)
            first = call.args[:1] if isinstance(call, cst.Call) and call.func is node else ()
            if not any(self.source.method_of(arg.value) and not arg.star for arg in first):
                self._refuse(node, node.attr.value)

    def visit_Call(self, node: cst.Call) -> None:
        match node:
            case cst.Call(func=cst.Name(value="getattr"), args=[owner, name, *_]):
                names = self.source.strings(name.value) or frozenset()
                if names & self._methods and self._is_class(owner.value):
                    self._refuse(node, min(names & self._methods))

    def visit_Name(self, node: cst.Name) -> None:
        if node.value not in self._methods or not isinstance(
            self.source.parent(node), cst.BaseExpression | cst.Arg | cst.BaseElement | cst.Assign
            | cst.AnnAssign | cst.DictElement | cst.Decorator
        ):  # fmt: skip
            return
        match self.source.parent(node):
            case cst.Attribute(attr=attr) if attr is node:
                return
            case cst.Attribute(attr=cst.Name(value="setter" | "getter" | "deleter")):
                return
            case cst.Arg(keyword=keyword) if keyword is node:
                return
            case cst.Arg() as arg:
                match self.source.parent(arg):
                    case cst.Call(func=cst.Name(value="property")):
                        return
        bindings = [one.target for one in self.source.bindings(node)]
        if any(isinstance(b, cst.FunctionDef) and self.source.class_of(b) for b in bindings):
            self._refuse(node, node.value)

    def _is_class(self, node: cst.BaseExpression) -> bool:
        """Whether an expression is a class of this file, or of an object of one."""
        match node:
            case cst.Call(func=cst.Name(value="type")):
                return True
        if self.source.local_class(node) is not None:
            return True
        owner = self.source.method_of(node)
        return owner is not None and self._in_classmethod(node)

    def _in_classmethod(self, node: cst.BaseExpression) -> bool:
        function = self.source.function_of(node)
        return function is not None and "classmethod" in decorators(function)

    def _refuse(self, node: cst.CSTNode, name: str) -> None:
        self.report(node, f"the method {name} is used without an object of its class")
