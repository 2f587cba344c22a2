from typing import ClassVar

import libcst as cst

from freqgen import Edit
from freqgen_structure.installed import INSTALLED
from freqgen_structure.moved import GONE, HOME, moved
from freqgen_structure.rule import Bad, Rule

_CLASS = "\n\nclass S(IStrategy):\n    x = 1\n"


class OldImports(Rule):
    """FG126: something is imported from where Freqtrade had it once.

    The file cannot be loaded: Python finds no such module, or no such name in it. What is where
    is looked up in the Freqtrade that is installed.
    """

    VALID = (
        "from freqtrade.strategy import IntParameter, IStrategy\n" + _CLASS,
        "from freqtrade.strategy.interface import IStrategy\n" + _CLASS,
        "from freqtrade.persistence import Trade\n",
        "try:\n    from freqtrade.state import RunMode\nexcept ImportError:\n    RunMode = None\n",
    )
    INVALID: ClassVar = (
        Bad(
            code="from freqtrade.strategy.hyper import IntParameter  # one\n",
            line=1,
            fixed="from freqtrade.strategy import IntParameter  # one\n",
        ),
        Bad(
            code="import numpy as np\nfrom freqtrade.state import RunMode\n",
            line=2,
            fixed="import numpy as np\nfrom freqtrade.enums import RunMode\n",
        ),
        Bad(code="from freqtrade.optimize.hyperopt_interface import IHyperOpt\n", line=1),
    )

    def visit_ImportFrom(self, node: cst.ImportFrom) -> None:
        if node.relative or node.module is None or isinstance(node.names, cst.ImportStar):
            return
        module = self.text(node.module)
        absent = INSTALLED.module(module) is None
        for item in node.names:
            name = item.name.value if isinstance(item.name, cst.Name) else ""
            if not moved(self.source, node, module, name):
                continue  # FG320 names what is nowhere
            home = HOME.get(name)
            self.report(
                item,
                f"{module} has no {name}" if not absent else f"there is no module {module}",
                hint=GONE.get(name) or f"write from {home} import {name}",
                edits=self._moved(node, home) if home else (),
            )

    def _moved(self, node: cst.ImportFrom, home: str) -> list[Edit]:
        names = [] if isinstance(node.names, cst.ImportStar) else list(node.names)
        all_there = all(
            isinstance(i.name, cst.Name) and HOME.get(i.name.value) == home for i in names
        )
        return [self.replace(node.module, home)] if node.module is not None and all_there else []
