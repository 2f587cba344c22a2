import re
from typing import ClassVar

import libcst as cst

from freqgen_structure.attributes import READABLE_DUNDERS, is_dunder
from freqgen_structure.nodes import text_of
from freqgen_structure.rule import Bad, Rule

_DUNDER = re.compile(r"__[A-Za-z]\w*?__")
_METHODS = frozenset(
    "__abs__ __add__ __aenter__ __aexit__ __aiter__ __and__ __anext__ __bool__ __bytes__ __call__ "
    "__ceil__ __complex__ __contains__ __copy__ __deepcopy__ __delitem__ __divmod__ __enter__ "
    "__eq__ __exit__ __float__ __floor__ __floordiv__ __format__ __ge__ __getitem__ __gt__ "
    "__hash__ __iadd__ __iand__ __ifloordiv__ __imod__ __imul__ __index__ __init__ __int__ "
    "__invert__ __ior__ __ipow__ __isub__ __iter__ __itruediv__ __ixor__ __le__ __len__ "
    "__length_hint__ __lshift__ __lt__ __missing__ __mod__ __mul__ __ne__ __neg__ __next__ "
    "__or__ __pos__ __post_init__ __pow__ __radd__ __rand__ __rdivmod__ __repr__ __reversed__ "
    "__rfloordiv__ __rmod__ __rmul__ __ror__ __round__ __rpow__ __rshift__ __rsub__ "
    "__rtruediv__ __rxor__ __setitem__ __str__ __sub__ __truediv__ __trunc__ __xor__".split()
)
"""Methods that a class of a strategy's own may define: containers, values, contexts.

Not among them is what decides how attributes and classes work, and what tells NumPy where in
memory an array lies (``__array_interface__``).
"""
_HOOKS = frozenset(
    "__class_getitem__ __del__ __delattr__ __getattr__ __getattribute__ __getnewargs__ "
    "__getstate__ __init_subclass__ __instancecheck__ __mro_entries__ __new__ __prepare__ "
    "__reduce__ __reduce_ex__ __set_name__ __setattr__ __setstate__ __subclasscheck__ "
    "__subclasshook__ __import__ __build_class__ __class__ __dir__".split()
)
_BINDABLE = frozenset({"__slots__", "__all__", "__author__", "__version__", "__license__"})
_READ_BY_PYTHON = frozenset(
    "__builtins__ __file__ __loader__ __name__ __package__ __path__ __spec__".split()
)
_NAMES = frozenset({"__name__", "__doc__"})


class Dunders(Rule):
    """FG503: a special name of Python's reaches behind what the file shows.

    From ``().__class__`` every class of the process can be reached, and from any function its
    globals. Methods such as ``__init__`` may be defined, and called through ``super()``;
    ``__name__`` may be read. A text that holds such a name is refused as well, since it can
    become an attribute.
    """

    HINT = "a strategy has no need of it"
    VALID = (
        '"""Module with __init__ in its docstring."""\n'
        "class A:\n    def __init__(self, config):\n        super().__init__(config)\n",
        "logger = logging.getLogger(__name__)\nx = self.__class__.__name__\n",
        "x = type(self).__name__\ny = pd.__version__\n__email__ = 'a@b'\n",
        "class A:\n    __slots__ = ('x',)\n\n    def __call__(self): ...\n"
        "    def __len__(self): ...\n",
    )
    INVALID: ClassVar = (
        Bad(code="x = ().__class__.__base__\n", line=1),
        Bad(code="x = 1\ny = __builtins__\n", line=2),
        Bad(code="__spec__.loader.get_data('x')\n", line=1),
        Bad(code="x = '__import__'\n", line=1),
        Bad(code="x = f'__cl{1}'\ny = f'{x}__globals__'\n", line=2),
        Bad(code="class K:\n    def __del__(self): ...\n", line=2),
        Bad(code="class K:\n    __class_getitem__ = f\n", line=2),
        Bad(code="class K:\n    @property\n    def __array_interface__(self): ...\n", line=3),
        Bad(code="class K:\n    def __set__(self, owner, value): ...\n", line=2),
        Bad(code="class K:\n    @catch\n    def __globals__(self): ...\n", line=3),
        Bad(code="def __getattr__(name): ...\n", line=1),
        Bad(code="__builtins__ = {}\n", line=1),
        Bad(code="x.__init__.__globals__\n", line=1),
        Bad(code="match x:\n    case object(__globals__=g):\n        pass\n", line=2),
    )

    def visit_Name(self, node: cst.Name) -> None:
        name = node.value
        if not is_dunder(name):
            return
        parent = self.source.parent(node)
        if isinstance(parent, cst.Attribute) and parent.attr is node:
            if name not in READABLE_DUNDERS and not self._allowed_attribute(parent):
                self.report(node, f"{name} reaches behind what the file shows")
        elif isinstance(parent, cst.FunctionDef) and parent.name is node:
            method = isinstance(self._holder(parent), cst.ClassDef)
            if name not in _METHODS or not method:
                self.report(node, f"{name} runs unseen, when Python itself calls it")
        elif isinstance(parent, cst.AssignTarget | cst.AnnAssign):
            if (
                name in _HOOKS
                or name in _READ_BY_PYTHON
                or (name not in _BINDABLE and self._holder(node) is not None)
            ):
                self.report(node, f"{name} changes what Python does unseen")
        elif isinstance(parent, cst.ImportAlias | cst.ImportFrom):
            return  # the import rule knows what may be imported
        elif name not in _NAMES:
            self.report(node, f"{name} reaches behind what the file shows")

    def _holder(self, node: cst.CSTNode) -> cst.CSTNode | None:
        return next(
            (
                a
                for a in self.source.ancestors(node)
                if isinstance(a, cst.ClassDef | cst.FunctionDef)
            ),
            None,
        )

    def _allowed_attribute(self, node: cst.Attribute) -> bool:
        name = node.attr.value
        base = node.value
        if name == "__class__":  # for self.__class__.__name__ alone
            outer = self.source.parent(node)
            return isinstance(outer, cst.Attribute) and outer.attr.value == "__name__"
        called = self.source.parent(node)
        through_super = (
            isinstance(base, cst.Call)
            and isinstance(base.func, cst.Name)
            and base.func.value == "super"
            and isinstance(called, cst.Call)
        )
        return through_super and name not in _HOOKS

    def visit_SimpleString(self, node: cst.SimpleString) -> None:
        text = text_of(node)
        if text is None or self._is_docstring(node):
            return
        outer = self.source.parent(node)
        if isinstance(outer, cst.ConcatenatedString):
            text = text_of(outer) or text
        self._text(node, text)

    def visit_FormattedString(self, node: cst.FormattedString) -> None:
        fixed = [p.value for p in node.parts if isinstance(p, cst.FormattedStringText)]
        self._text(node, "\0".join(fixed))

    def _text(self, node: cst.CSTNode, text: str) -> None:
        found = _DUNDER.search(text)
        if found and found[0] not in {"__name__", "__main__"}:
            self.report(node, f"the text holds {found[0]}, which can become an attribute or code")

    def _is_docstring(self, node: cst.SimpleString) -> bool:
        """Whether a text is a statement of its own, which nothing can use but documentation."""
        return isinstance(self.source.parent(node), cst.Expr)
