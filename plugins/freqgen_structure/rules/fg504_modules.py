from functools import cached_property
from typing import ClassVar

import libcst as cst

from freqgen_structure.allowed import is_namespace, may_reach
from freqgen_structure.designed import design_modules
from freqgen_structure.rule import Bad, Rule


class Modules(Rule):
    """FG504: a module is used for more than its documented names.

    ``np.f2py.subprocess`` and ``logging.os`` lead from a harmless import to the machine. And a
    module that is assigned, passed on or put in a list can be reached into where no check
    sees it: modules may only stand before a dot.
    """

    VALID = (
        "import datetime\ndef f(now: datetime) -> datetime:\n    return now\n",
        "import numpy as np\nx = np.where(a, 1, 0) + np.random.default_rng(1).normal()\n",
        "import talib.abstract as ta\nx = ta.RSI(dataframe, timeperiod=14)\n",
        "import pandas as pd\nx = pd.api.types.is_numeric_dtype(y)\n",
        "import talib.abstract as ta\nfor n in ('EMA', 'SMA'):\n    x = getattr(ta, n)(d)\n",
        "import numpy as np\ndef f(np): return np\n",
        "from pandas import DataFrame\nx: DataFrame = f(DataFrame)\n",
    )
    INVALID: ClassVar = (
        Bad(code="import logging\nlogging.os.mkdir('x')\n", line=2),
        Bad(code="import numpy as np\nnp.f2py.subprocess.run([])\n", line=2),
        Bad(code="import pandas as pd\npd.io.common.os\n", line=2),
        Bad(code="import random\nrandom._os.mkdir('x')\n", line=2),
        Bad(code="import numpy as np\nx = np\n", line=2),
        Bad(code="import logging\nx = '{0.os}'.format(logging)\n", line=2),
        Bad(code="import numpy as np\nr = np.random\n", line=2),
        Bad(code="import logging\nlogging.basicConfig(filename='x')\n", line=2),
        Bad(code="import talib\ntalib.set_unstable_period('RSI', 200)\n", line=2),
        Bad(code="import numpy as np\nnp.load('x')\n", line=2),
        Bad(code="from technical import qtpylib\nqtpylib.np.ctypeslib.load_library('c')\n", line=2),
        Bad(code="from technical import qtpylib\nx = qtpylib.np\n", line=2),
        Bad(code="import scipy.stats\nscipy.stats.test()\n", line=2),
        Bad(code="import pandas as pd\nx = pd.api\n", line=2),
        Bad(code="import pandas_ta as pta\npta.custom.import_dir('x')\n", line=2),
        Bad(
            code="if a:\n    import talib as m\nelse:\n    import numpy as m\nm.load('x')\n", line=5
        ),
        Bad(code="import operator\noperator.attrgetter('os')\n", line=2),
    )

    def visit_Attribute(self, node: cst.Attribute) -> None:
        parent = self.source.parent(node)
        if isinstance(parent, cst.Attribute) and parent.value is node:
            return  # the whole chain is looked at once, from its outermost attribute
        if self._in_import(node):
            return
        for path in self.source.imports(node):
            if not may_reach(path, self._extra):
                self.report(
                    node,
                    f"{path} leads out of what a strategy may use",
                    hint="use the documented names of the module only",
                )
            elif is_namespace(path):
                self._as_value(node, path)

    def visit_Name(self, node: cst.Name) -> None:
        parent = self.source.parent(node)
        if isinstance(parent, cst.Attribute | cst.Param | cst.AssignTarget | cst.ImportAlias):
            return
        if isinstance(parent, cst.Annotation):
            return  # nothing is done with it
        if self._in_import(node) or (isinstance(parent, cst.Arg) and parent.keyword is node):
            return
        for path in self.source.imports(node):
            if is_namespace(path):
                self._as_value(node, path)

    @cached_property
    def _extra(self) -> frozenset[str]:
        return design_modules(self.design, self.context)

    def _in_import(self, node: cst.CSTNode) -> bool:
        return any(isinstance(a, cst.Import | cst.ImportFrom) for a in self.source.ancestors(node))

    def _as_value(self, node: cst.CSTNode, path: str) -> None:
        arg = self.source.parent(node)
        call = self.source.parent(arg) if isinstance(arg, cst.Arg) else None
        match call:
            case cst.Call(func=cst.Name(value="getattr" | "hasattr"), args=[first, *_]):
                if first is arg:
                    return  # whose own rule asks which names are read
        self.report(
            node,
            f"the module {path} is used as a value",
            hint="write the module's name where it is used, as in np.mean(values)",
        )
