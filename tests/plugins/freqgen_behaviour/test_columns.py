"""What a strategy's source says of its columns."""

from __future__ import annotations

import pytest

from freqgen_behaviour.columns import Source

from .lab import line_of, strategy

CHIKOU = 'dataframe["chikou"] = dataframe["close"].shift(-26)'
PLOT = '{"main_plot": {"chikou": {"color": "blue"}}}'
PROPERTY = f"@property\ndef plot_config(self):\n    return {PLOT}"
LONGER = (
    "@property\ndef plot_config(self):\n    plot = {}\n"
    '    for name in ["chikou"]:\n        plot[name] = {}\n    return {"main_plot": plot}'
)


@pytest.mark.parametrize(
    ("indicators", "attributes", "used"),
    [
        pytest.param(CHIKOU, "", False, id="not named again"),
        pytest.param(CHIKOU, f"plot_config = {PLOT}", False, id="plotted"),
        pytest.param(CHIKOU, f"plot_config: dict = {PLOT}", False, id="plotted, annotated"),
        pytest.param(CHIKOU, PROPERTY, False, id="plotted by a property"),
        pytest.param(CHIKOU, LONGER, False, id="plotted by a longer property"),
        pytest.param(f"{CHIKOU}\nself.plot_config = {PLOT}", "", False, id="plotted, in self"),
        pytest.param(
            f"{CHIKOU}\nprint(list(dataframe.columns))", "", False, id="columns are printed"
        ),
        pytest.param(
            f'{CHIKOU}\nlogger.info("it has %s", dataframe.columns)', "", False, id="are logged"
        ),
        pytest.param(
            f'{CHIKOU}\nself.logger.debug(f"{{sorted(dataframe.columns)}}")',
            "",
            False,
            id="are logged by a logger of its own",
        ),
        pytest.param(
            f'{CHIKOU}\nprint(dataframe["chikou"].tail(3).to_string())', "", False, id="printed"
        ),
        pytest.param(f'{CHIKOU}\nself.info(dataframe["chikou"])', "", True, id="no logger"),
        pytest.param(
            f'{CHIKOU}\nprint(self.decide(dataframe["chikou"]))', "", True, id="used in a print"
        ),
        pytest.param(f'{CHIKOU}\nprint(x := dataframe["chikou"])', "", True, id="kept in a print"),
        pytest.param(
            f"{CHIKOU}\nfor name in dataframe.columns:\n    self.use(name)",
            "",
            True,
            id="all columns are gone through",
        ),
        pytest.param(
            f'{CHIKOU}\ndataframe["x"] = dataframe["chikou"] + 1', "", True, id="another column"
        ),
    ],
)
def test_whether_something_depends_on_a_column(
    indicators: str, attributes: str, used: bool
) -> None:
    source = Source(strategy(indicators=indicators, attributes=attributes))
    assert source.uses("chikou") is used


@pytest.mark.parametrize("plot", [f"plot_config = {PLOT}", PROPERTY], ids=["value", "property"])
def test_a_plot_is_not_where_a_column_is_assigned(plot: str) -> None:
    text = strategy(indicators='dataframe = dataframe.assign(**{"chikou": 1})', attributes=plot)
    assert Source(text).line_of("chikou", {}) == line_of(text, "assign(")
