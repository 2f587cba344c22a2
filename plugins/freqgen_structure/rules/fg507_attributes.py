from typing import ClassVar

import libcst as cst

from freqgen_structure.allowed import EVALUATORS, TEXT_WRITERS
from freqgen_structure.attributes import is_dunder, refusal
from freqgen_structure.expressions import is_plain_query
from freqgen_structure.nodes import text_of
from freqgen_structure.rule import Bad, Rule

_TARGETS = frozenset({"path", "path_or_buf", "buf", "con", "excel_writer", "fname"})


class Attributes(Rule):
    """FG507: an attribute is read that leads to files, to evaluated text or to other modules.

    Dataframes and arrays can write files (``to_csv``, ``tofile``), pandas can read any address
    (``read_csv``) and run a text as code (``eval``, ``query``), and most libraries hold modules
    such as ``os`` as attributes. Which object it is read from cannot be known without running
    the code, so the name alone decides. ``to_string()`` and its like are fine without a
    target, and ``query`` with a plain comparison in quotes.
    """

    VALID = (
        "x = dataframe['close'].to_numpy()\ny = dataframe.to_dict()\n",
        "logger.info(dataframe.tail(3).to_string())\nx = df.to_json(orient='records')\n",
        "x = dataframe.query('rsi < 30 and close > 5')\n",
        "x = dataframe['date'].dt.time\ny = scipy.signal.argrelextrema(z, f)\n",
        "class S:\n    def f(self):\n        self.os = 1\n        return self.os\n",
        "from functools import wraps\ndef d(f):\n    @wraps(f)\n    def g(): ...\n    return g\n",
        "x = KMeans(n_clusters=3, memory=None)\n",
    )
    INVALID: ClassVar = (
        Bad(code="dataframe.to_csv('x')", line=1),
        Bad(code="x = 1\ndataframe.head(1).to_parquet(path)", line=2),
        Bad(code="f = dataframe.to_csv", line=1),
        Bad(code="dataframe.to_string(buf='x')", line=1),
        Bad(code="pd.read_csv('x')", line=1),
        Bad(code="dataframe.eval('a + b')", line=1),
        Bad(code="dataframe.query(text)", line=1),
        Bad(code="dataframe.query(\"close.to_csv('x') == 1\")", line=1),
        Bad(code="dataframe.query('@pd.io.common.os')", line=1),
        Bad(code="x.subprocess.run([])", line=1),
        Bad(code="g.gi_frame.f_back", line=1),
        Bad(code="np.ones(1).tofile('x')", line=1),
        Bad(code="x.read_anything('y')", line=1),
        Bad(code="logging.getLogger('x').handlers[0]", line=1),
        Bad(code="def save(self):\n    self.to_pickle('x')\n\n\nsave(dataframe)\n", line=2),
        Bad(code="class F(DataFrame):\n    def f(self):\n        self.to_pickle('x')\n", line=3),
        Bad(code="dataframe.style.to_typst('x')", line=1),
        Bad(code="logging.getLogger('freqtrade').addFilter(f)", line=1),
        Bad(code="AgglomerativeClustering(memory='x')", line=1),
        Bad(code="from sklearn.cluster import HDBSCAN\nHDBSCAN(**{'memory': 'x'})\n", line=2),
        Bad(code="from functools import wraps\nwraps(f, assigned=(name,))(g)\n", line=2),
        Bad(code="from functools import wraps\nwraps(f, names)(g)\n", line=2),
        Bad(code="from functools import wraps\nw = wraps\n", line=2),
    )

    def visit_Attribute(self, node: cst.Attribute) -> None:
        name = node.attr.value
        reason = refusal(name)
        if not reason or is_dunder(name) or self._in_import(node):
            return
        owner = self.source.method_of(node.value)
        if (
            owner is not None
            and self.source.defines(owner, name)
            and not self.source.derives_foreign(owner)
        ):
            return  # the strategy's own
        call = self.source.parent(node)
        if isinstance(call, cst.Call) and call.func is node and self._harmless(name, call):
            return
        self.report(node, f"{name} must not be used: {reason}", hint=_hint(name))

    def visit_Call(self, node: cst.Call) -> None:
        """Refuse the keywords that do under another name what attributes are refused for."""
        sklearn = any(path.startswith("sklearn.") for path in self.source.imports(node.func))
        wraps = "functools.wraps" in self.source.imports(node.func)
        named = isinstance(node.func, cst.Attribute) and node.func.attr.value == "set_params"
        if wraps and (len(node.args) != 1 or node.args[0].star):
            self.report(node, "wraps copies attributes that are not shown", hint="write @wraps(f)")
        for arg in node.args:
            keyword = arg.keyword.value if arg.keyword is not None else ""
            if arg.star == "**" and (sklearn or named):
                self.report(arg, "these keywords cannot be seen here", hint="write them out")
            elif keyword == "memory" and not _is_none(arg.value):
                self.report(arg, "memory= writes what is computed to files")
            elif keyword in {"assigned", "updated"}:
                self.report(arg, f"{keyword}= copies attributes that are not shown")

    def visit_Name(self, node: cst.Name) -> None:
        parent = self.source.parent(node)
        if isinstance(parent, cst.Call | cst.ImportAlias | cst.AsName | cst.Attribute):
            return  # called, imported, or seen as an attribute
        if "functools.wraps" in self.source.imports(node) and not self._in_import(node):
            self.report(node, "wraps is handed on as a value", hint="write @wraps(f)")

    def _in_import(self, node: cst.CSTNode) -> bool:
        return any(isinstance(a, cst.Import | cst.ImportFrom) for a in self.source.ancestors(node))

    @staticmethod
    def _harmless(name: str, call: cst.Call) -> bool:
        if name in TEXT_WRITERS:
            return all(
                arg.keyword is not None and arg.keyword.value not in _TARGETS for arg in call.args
            )
        if name == "query" and len(call.args) == 1:
            text = text_of(call.args[0].value)
            return text is not None and is_plain_query(text)
        return False


def _is_none(node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.Name) and node.value == "None"


def _hint(name: str) -> str:
    if name in EVALUATORS:
        return 'select rows with dataframe.loc[dataframe["rsi"] < 30]'
    return "compute with the dataframe that Freqtrade gives; log with logging"
