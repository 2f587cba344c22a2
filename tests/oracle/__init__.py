"""A third, independent party: what a design means, worked out slowly and by hand.

Nothing here shares code with the package under test. It was written from the definition of the
expression language and of the risk fields alone, in plain Python, candle after candle, so that a
mistake would have to be made twice, in two ways, to go unnoticed.

* :mod:`tests.oracle.interpreter` computes the signals of a design.
* :mod:`tests.oracle.designs` makes random valid designs.
* :mod:`tests.oracle.trades` lists trades computed by hand for every form of risk.
* :mod:`tests.oracle.market` runs a strategy through Freqtrade's backtesting without a network.
"""
