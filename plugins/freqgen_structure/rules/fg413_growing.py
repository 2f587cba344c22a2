from typing import ClassVar

import libcst as cst

from freqgen import Severity
from freqgen_structure.lookahead import given
from freqgen_structure.rows import looped
from freqgen_structure.rule import Bad, Rule

_JOINERS = frozenset(
    "pandas.concat numpy.append numpy.concatenate numpy.hstack numpy.vstack numpy.column_stack "
    "numpy.insert".split()
)


class Growing(Rule):
    """FG413: a frame or an array grows in a loop.

    Each ``concat`` or ``append`` copies everything that is there already, so that twice the
    rounds take four times as long. A list grows without copies; it is joined once, at the end.
    """

    SEVERITY = Severity.WARNING
    HINT = "append to a list in the loop, and join the list once after it"
    VALID = (
        "import pandas as pd\nparts = []\nfor n in range(5):\n    parts.append(f(n))\n"
        "x = pd.concat([df, *parts], axis=1)\n",
        "import pandas as pd\nfor n in range(5):\n    x = pd.concat([a, b])\n    f(x)\n",
    )
    INVALID: ClassVar = (
        Bad(
            code="import pandas as pd\nx = pd.DataFrame()\nfor n in range(5):\n"
            "    x = pd.concat([x, f(n)], axis=1)\n",
            line=4,
        ),
        Bad(
            code="import numpy as np\nx = np.array([])\nfor n in y:\n    x = np.append(x, n)\n",
            line=4,
        ),
        Bad(
            code="from pandas import concat\nwhile a:\n    x = concat(objs=(f(a), x.copy()))\n",
            line=3,
        ),
    )

    def visit_Call(self, node: cst.Call) -> None:
        if self.source.imported(node.func) not in _JOINERS or looped(self.source, node) is None:
            return
        joined = given(self.source, node, 0, "objs") or given(self.source, node, 0, "arr")
        assign = next((a for a in self.source.ancestors(node) if isinstance(a, cst.Assign)), None)
        if joined is None or assign is None:
            return
        stored = {self.text(target.target) for target in assign.targets}
        parts = self.source.below(joined, cst.Name, cst.Subscript, cst.Attribute)
        if any(self.text(part) in stored for part in parts):
            self.report(node.func)
