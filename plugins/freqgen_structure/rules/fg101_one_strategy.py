from typing import ClassVar

import libcst as cst

from freqgen import Edit, Severity
from freqgen_structure.editing import needed_name
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.signatures import POPULATE

_POPULATES = frozenset(POPULATE)
_ALIKE = frozenset({"istrategy", "strategy", "istrategie", "istrategies", "interface"})

_HEAD = "from freqtrade.strategy import IStrategy\n\n\n"
_DESIGN = {
    "name": "S",
    "timeframe": "1h",
    "entry_long": ["close < open"],
    "risk": {"stoploss": -0.1},
}


class OneStrategy(Rule):
    """FG101: the file does not hold exactly one strategy, of the expected name.

    Freqtrade loads the class of the asked name that derives from ``IStrategy``. Without one it
    loads nothing, and of two with one name only the last exists: both are errors. Where the
    class is there, further strategies in the file are a warning, since the findings are not
    about them; in a file that was written from a design they are an error, since the design is
    of one. Classes that it derives from belong to it.
    """

    HINT = "keep one class that derives from freqtrade.strategy.IStrategy; helpers need no base"
    VALID = (
        "from freqtrade.strategy import IStrategy\n\n\nclass S(IStrategy):\n    x = 1\n",
        "import freqtrade.strategy as fs\n\n\nclass Mixin:\n    y = 1\n\n\n"
        "class S(Mixin, fs.IStrategy):\n    x = 1\n",
    )
    INVALID: ClassVar = (
        Bad(code="x = 1\n", line=None),
        Bad(code="class S:\n    timeframe = '1h'\n", line=1),
        Bad(
            code=_HEAD + "class S(Istrategy):\n    x = 1\n",
            line=4,
            fixed=_HEAD + "class S(IStrategy):\n    x = 1\n",
        ),
        Bad(
            code="\nclass S:  # ours\n    def populate_indicators(self, d, m): ...\n",
            line=2,
            fixed="\nfrom freqtrade.strategy import IStrategy\n"
            "class S(IStrategy):  # ours\n    def populate_indicators(self, d, m): ...\n",
        ),
        Bad(
            code=_HEAD + "class Other(IStrategy):\n    x = 1\n",
            line=4,
        ),
        Bad(
            code=_HEAD + "class S(IStrategy):\n    x = 1\n\n\nclass T(IStrategy):\n    x = 1\n",
            line=8,
        ),
        Bad(
            code=_HEAD + "class S(IStrategy):\n    x = 1\n\n\nclass T(IStrategy):\n    x = 1\n",
            line=8,
            design=_DESIGN,
        ),
        Bad(code=_HEAD + "class Other(IStrategy):\n    x = 1\n", line=4, design=_DESIGN),
    )

    def check(self) -> None:
        strategies = self.source.strategies
        wanted = self.source.class_name
        if not strategies:
            near = self.source.classes.get(wanted)
            if near is not None:
                self.report(
                    near,
                    f"the class {wanted} does not derive from IStrategy",
                    edits=self._derived(near),
                )
            else:
                self.report(None, "the file has no class that derives from IStrategy")
            return
        names = list(dict.fromkeys(node.name.value for node in strategies))
        if wanted not in names:
            # The name may have been asked for, or be that of the file.
            choose = f"choose {'one' if names[1:] else 'it'} with -s {names[0]}"
            rename = f"rename the class to {wanted}"
            either = f"{choose}, or {rename}" if names[1:] else f"{rename}, or {choose}"
            self.report(
                strategies[0],
                f"the strategy is to be called {wanted}, but the file has {' and '.join(names)}",
                hint=either if self.design is None else rename,
            )
            return
        for node in strategies:
            name = node.name.value
            if name == wanted and node is not self.source.strategy:
                self.report(node, f"{name} is defined more than once; the last one counts")
            elif node not in self.source.lineage:
                if self.design is not None:
                    self.report(
                        node,
                        f"{name} is a second strategy in the same file; the design is of one",
                        hint=f"keep {wanted} alone",
                    )
                    continue
                self.report(
                    node,
                    f"{name} is a second strategy in the same file; {wanted} is checked and loaded",
                    hint=f"check it by itself, with -s {name}, or keep it in a file of its own",
                    severity=Severity.WARNING,
                )

    def _derived(self, node: cst.ClassDef) -> tuple[Edit, ...]:
        """The edits that make a class a strategy which has its methods."""
        own = {f.name.value for f in node.body.body if isinstance(f, cst.FunctionDef)}
        name, imported = needed_name(self.source, "freqtrade.strategy", "IStrategy")
        for base in node.bases:
            text = base.value.value if isinstance(base.value, cst.Name) else ""
            if text.lower().replace("_", "") in _ALIKE and self._is_free(base.value):
                return (*imported, self.replace(base.value, name))
        _, end = self.source.span(node.name)
        behind = self.source.text[end:].lstrip(" ")
        if node.bases or node.keywords or not own & _POPULATES or not behind.startswith(":"):
            return ()
        return (*imported, self.insert_after(node.name, f"({name})"))

    def _is_free(self, base: cst.BaseExpression) -> bool:
        return isinstance(base, cst.Name) and not self.source.bindings(base)
