"""The exchanges that exist are those of ccxt."""

from __future__ import annotations

import pytest

from freqgen.evaluation import exchanges
from freqgen.evaluation.exchanges import check_exchange, known_exchanges
from freqgen.exceptions import UsageError


def test_they_are_those_that_freqtrade_knows() -> None:
    import ccxt

    assert known_exchanges() == set(ccxt.exchanges)


@pytest.mark.parametrize("name", ["binance", "Kraken", "okx"])
def test_an_exchange_that_exists(name: str) -> None:
    check_exchange(name)


@pytest.mark.parametrize(
    ("name", "hint"), [("binanse", "the nearest is binance"), ("?!", "list-exchanges")]
)
def test_an_exchange_that_does_not(name: str, hint: str) -> None:
    with pytest.raises(UsageError, match="there is no exchange") as caught:
        check_exchange(name)
    assert hint in caught.value.hint


def test_where_ccxt_cannot_be_listed_freqtrade_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchanges, "known_exchanges", frozenset)
    check_exchange("nowhere")
