from typing import ClassVar

import libcst as cst

from freqgen_structure.allowed import EVALUATORS, TEXT_WRITERS
from freqgen_structure.attributes import is_dunder, refusal
from freqgen_structure.expressions import is_plain_query
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.source import text_of

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
        "self.os = 1\nx = self.os\n",
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
    )

    def visit_Attribute(self, node: cst.Attribute) -> None:
        name = node.attr.value
        reason = refusal(name)
        if not reason or is_dunder(name) or self._in_import(node):
            return
        if isinstance(node.value, cst.Name) and node.value.value in {"self", "cls"}:
            return  # the strategy's own, or a name that the base class does not have
        call = self.source.parent(node)
        if isinstance(call, cst.Call) and call.func is node and self._harmless(name, call):
            return
        self.report(node, f"{name} must not be used: {reason}", hint=_hint(name))

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


def _hint(name: str) -> str:
    if name in EVALUATORS:
        return 'select rows with dataframe.loc[dataframe["rsi"] < 30]'
    return "compute with the dataframe that Freqtrade gives; log with logging"
