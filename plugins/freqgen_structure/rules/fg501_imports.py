from functools import cached_property
from typing import ClassVar

import libcst as cst

from freqgen_structure.allowed import canonical, is_module, may_import_module, may_reach
from freqgen_structure.designed import design_modules
from freqgen_structure.moved import HOME, moved
from freqgen_structure.nodes import dotted
from freqgen_structure.rule import Bad, Rule


class Imports(Rule):
    """FG501: something is imported that a strategy has no need of.

    A strategy computes signals from candles. What it may import is a list: Freqtrade's strategy
    tools, pandas, NumPy, SciPy, TA-Lib, technical, pandas_ta and the harmless part of the
    standard library, and for most of these modules the names that may be taken. Modules that
    indicators of the design need are allowed with it.
    """

    VALID = (
        "import numpy as np\nimport pandas as pd\nimport talib.abstract as ta\n",
        "from freqtrade.strategy import IStrategy, IntParameter, informative\n",
        "from freqtrade.persistence import Trade\nfrom technical import qtpylib\n",
        "from datetime import datetime, timedelta\nfrom functools import reduce\nimport math\n",
        "from pandas import DataFrame\nfrom numpy import random\n",
        "from freqtrade.strategy import *\n",
        "from freqtrade.strategy.hyper import IntParameter\n",
    )
    INVALID: ClassVar = (
        Bad(code="import os\n", line=1),
        Bad(code="import math\nimport subprocess as sp\n", line=2),
        Bad(code="from os import *\n", line=1),
        Bad(code="from pandas.io.common import os as ohlc\n", line=1),
        Bad(code="from logging import FileHandler\n", line=1),
        Bad(code="import pandas.io.common as pic\n", line=1),
        Bad(code="from . import helper\n", line=1),
        Bad(code="x = 1\ndef f():\n    import socket\n", line=3),
        Bad(code="from freqtrade.exchange import Exchange\n", line=1),
        Bad(code="from numpy import load\n", line=1),
        Bad(code="from technical.qtpylib import np\n", line=1),
        Bad(code="from scipy.stats import test\n", line=1),
        Bad(code="from dateutil.tz import tzfile\n", line=1),
    )

    def visit_Import(self, node: cst.Import) -> None:
        for alias in node.names:
            path = dotted(alias.name) or ""
            if not may_import_module(path, self._extra):
                self._refuse(alias, path)

    def visit_ImportFrom(self, node: cst.ImportFrom) -> None:
        if node.relative or node.module is None:
            self.report(
                node,
                "a relative import reaches into the folder that the strategy lies in",
                hint="put everything the strategy needs into its own file",
            )
            return
        module = dotted(node.module) or ""
        if isinstance(node.names, cst.ImportStar):
            if module != "freqtrade.strategy":
                self.report(
                    node,
                    f"from {module} import * brings names that cannot be checked",
                    hint="name what is imported",
                )
            return
        for alias in node.names:
            name = dotted(alias.name) or ""
            path = f"{module}.{name}"
            if name in HOME and moved(self.source, node, module, name):
                continue  # it cannot be imported from there, and FG126 says so
            passed_on = canonical(path) != path and is_module(canonical(path))
            if passed_on or not may_reach(path, self._extra):
                self._refuse(alias, path)

    @cached_property
    def _extra(self) -> frozenset[str]:
        return design_modules(self.design, self.context)

    def _refuse(self, node: cst.CSTNode, path: str) -> None:
        self.report(
            node,
            f"{path} is not among what a strategy may import",
            hint="compute signals with pandas, NumPy, TA-Lib or technical; a strategy needs no "
            "files, network, processes or parts of the bot",
        )
