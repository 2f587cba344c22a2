from __future__ import annotations

from typing import ClassVar

import libcst as cst

from freqgen import Edit, Severity
from freqgen_structure.editing import needed_module
from freqgen_structure.imported import has
from freqgen_structure.nodes import argument
from freqgen_structure.outdated import NUMPY, NUMPY_ADVICE, NUMPY_BUILTINS, NUMPY_VALUES
from freqgen_structure.renaming import from_imports, named_import, taken_out, tried, uses_of
from freqgen_structure.rule import Bad, Rule

_DEPRECATED = frozenset({"row_stack"})
_ALL = {**NUMPY, **NUMPY_BUILTINS, **NUMPY_VALUES, **NUMPY_ADVICE}


class RemovedNumpy(Rule):
    """FG350: a name of NumPy that version 2 does not have.

    ``np.NaN``, ``np.float`` or ``np.in1d`` raise ``AttributeError`` when the strategy reaches
    them. Nearly all of them have one successor, which means the same.
    """

    VALID = (
        "import numpy as np\nx = np.nan\ny = np.float64(1)\nz = np.bool_(True)\n",
        "import numpy as np\nx = np.vstack((a, b))\n",
        "from numpy import nan, inf\n",
        "np = Helper()\nx = np.NaN\n",
        'import numpy as np\nf = np.trapezoid if hasattr(np, "trapezoid") else np.trapz\n',
        'import numpy as np\nf = getattr(np, "trapezoid", None) or np.trapz\n',
        'import numpy as np\nx = np.trapz(c) if hasattr(np, "trapz") else c.sum()\n',
        'import numpy as np\nNEW = hasattr(np, "trapezoid")\nif not NEW:\n    x = np.trapz(c)\n',
        'import numpy as np\n\ndef f(c):\n    if hasattr(np, "trapezoid"):\n'
        "        return np.trapezoid(c)\n    return np.trapz(c)\n",
    )
    INVALID: ClassVar = (
        Bad(
            code="import numpy as np\nx = df.replace(np.NaN, 0)  # none\n",
            line=2,
            fixed="import numpy as np\nx = df.replace(np.nan, 0)  # none\n",
        ),
        Bad(
            code="import numpy\nx = numpy.Inf\n",
            line=2,
            fixed="import numpy\nx = numpy.inf\n",
        ),
        Bad(
            code="from numpy import NaN, where  # both\n\nx = where(a, NaN, 1)\n",
            line=1,
            fixed="from numpy import nan, where  # both\n\nx = where(a, nan, 1)\n",
        ),
        Bad(
            code="from numpy import NaN as missing\n\nx = missing\n",
            line=1,
            fixed="from numpy import nan as missing\n\nx = missing\n",
        ),
        Bad(
            code="from numpy import (\n    where as w,\n    NaN,\n)\n\nnan = 1\nx = NaN\n",
            line=3,
            fixed="from numpy import (\n    where as w,\n    nan as NaN,\n)\n\nnan = 1\nx = NaN\n",
        ),
        Bad(
            code="import numpy as np\nx = df['a'].astype(\n    np.float\n)\n",
            line=3,
            fixed="import numpy as np\nx = df['a'].astype(\n    float\n)\n",
        ),
        Bad(
            code="from numpy import float\n\nx = a.astype(float)\n",
            line=1,
            fixed="\nx = a.astype(float)\n",
        ),
        Bad(
            code="import numpy as np\nx = np.where(a, np.NINF, np.PINF) ** np.NINF\n",
            line=2,
            fixed="import numpy as np\nx = np.where(a, -np.inf, np.inf) ** (-np.inf)\n",
        ),
        Bad(
            code="import numpy as np\nx = np.trapz(y, dx=1.0)\n",
            line=2,
            fixed="import numpy as np\nx = np.trapezoid(y, dx=1.0)\n",
        ),
        Bad(
            code="import numpy as np\nx = np.asfarray(values)\n",
            line=2,
            fixed="import numpy as np\nx = np.asarray(values, dtype=float)\n",
        ),
        Bad(
            code="import numpy as np\nx = np.msort(values)\n",
            line=2,
            fixed="import numpy as np\nx = np.sort(values, axis=0)\n",
        ),
        Bad(
            code="import numpy as np\nx = np.asscalar(a + b)\n",
            line=2,
            fixed="import numpy as np\nx = np.asarray(a + b).item()\n",
        ),
        Bad(
            code="import numpy as np\nx = np.math.floor(a)\n",
            line=2,
            fixed="import numpy as np\nimport math\nx = math.floor(a)\n",
        ),
        Bad(code="import numpy as np\nx = np.find_common_type(a, b)\n", line=2),
        Bad(
            code="import numpy as np\nx = np.row_stack((a, b))\n",
            line=2,
            fixed="import numpy as np\nx = np.vstack((a, b))\n",
        ),
    )

    def visit_Attribute(self, node: cst.Attribute) -> None:
        name = node.attr.value
        if name not in _ALL or not self._numpy(node.value) or not self._gone(name):
            return
        if not tried(self.source, node, "AttributeError"):
            self._old(node.attr, name, edits=self._edits(node, name))

    def check(self) -> None:
        super().check()
        for owner, item in from_imports(self.source):
            name = item.name.value
            if owner != "numpy" or not isinstance(name, str) or not self._gone(name):
                continue
            if not tried(self.source, item):
                self._old(item.name, name, edits=self._import_edits(item, name))

    def _numpy(self, node: cst.BaseExpression) -> bool:
        paths = self.source.imports(node)
        return bool(paths) and all(path == "numpy" for path in paths)

    def _gone(self, name: str) -> bool:
        return name in _ALL and (name in _DEPRECATED or has("numpy", name) is False)

    def _old(self, node: cst.CSTNode, name: str, *, edits: tuple[Edit, ...]) -> None:
        old = name in _DEPRECATED
        replacement = _ALL[name].format(np="np")
        inside = name in NUMPY
        self.report(
            node,
            f"np.{name} will go from NumPy" if old else f"NumPy 2 has no np.{name}",
            hint=f"write {'np.' if inside else ''}{replacement}",
            severity=Severity.WARNING if old else None,
            edits=edits,
        )

    def _edits(self, node: cst.Attribute, name: str) -> tuple[Edit, ...]:
        base = self.text(node.value)
        if name in NUMPY:
            return (self.replace(node.attr, NUMPY[name]),)
        if name in NUMPY_BUILTINS:
            new = NUMPY_BUILTINS[name]
            return (self.replace(node, new),) if self._free(new) else ()
        if name in NUMPY_VALUES:
            value = NUMPY_VALUES[name].format(np=base)
            holder = self.source.parent(node)
            loose = isinstance(
                holder, cst.BinaryOperation | cst.Attribute | cst.Subscript | cst.UnaryOperation
            )
            return (self.replace(node, f"({value})" if loose else value),)
        if name == "math" and isinstance(self.source.parent(node), cst.Attribute):
            module, edits = needed_module(self.source, "math")
            return (self.replace(node, module), *edits)
        return self._call_edits(node, name)

    def _call_edits(self, node: cst.Attribute, name: str) -> tuple[Edit, ...]:
        call = self.source.parent(node)
        if not isinstance(call, cst.Call) or call.func is not node or not call.args:
            return ()
        last = call.args[-1]
        if name == "asfarray" and not any(arg.star for arg in call.args):
            typed = argument(call, 1, "dtype") is not None
            rename = self.replace(node.attr, "asarray")
            return (rename,) if typed else (rename, self.insert_after(last.value, ", dtype=float"))
        if len(call.args) != 1 or last.star or last.keyword is not None:
            return ()
        if name == "msort":
            return (self.replace(node.attr, "sort"), self.insert_after(last.value, ", axis=0"))
        if name == "asscalar":
            return (self.replace(node.attr, "asarray"), self.insert_after(call, ".item()"))
        return ()

    def _free(self, builtin: str) -> bool:
        """Whether a name means Python's own everywhere in the file."""
        return not any(
            name.value == builtin and self.source.bindings(name)
            and not self.source.is_builtin(name)
            for name in self.source.all(cst.Name)
        )  # fmt: skip

    def _import_edits(self, item: cst.ImportAlias, name: str) -> tuple[Edit, ...]:
        if name in NUMPY:
            return named_import(self.source, item, NUMPY[name])
        new = NUMPY_BUILTINS.get(name)
        uses = uses_of(self.source, item)
        if new is None or uses is None:
            return ()
        gone = taken_out(self.source, item)
        if not gone:
            return ()
        changed = [use for use in uses if use.value != new]
        return (*gone, *(self.replace(use, new) for use in changed))
