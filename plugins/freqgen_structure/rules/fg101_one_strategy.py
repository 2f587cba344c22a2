from typing import ClassVar

from freqgen_structure.rule import Bad, Rule

_HEAD = "from freqtrade.strategy import IStrategy\n\n\n"


class OneStrategy(Rule):
    """FG101: the file does not hold exactly one strategy, of the expected name.

    Freqtrade loads the first class of the asked name that derives from ``IStrategy``; a second
    one in the same file may be the one that runs, or runs its class body unseen.
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
            code=_HEAD + "class Other(IStrategy):\n    x = 1\n",
            line=4,
        ),
        Bad(
            code=_HEAD + "class S(IStrategy):\n    x = 1\n\n\nclass T(IStrategy):\n    x = 1\n",
            line=8,
        ),
    )

    def check(self) -> None:
        strategies = self.source.strategies
        wanted = self.source.class_name
        if not strategies:
            near = self.source.classes.get(wanted)
            if near is not None:
                self.report(near, f"the class {wanted} does not derive from IStrategy")
            else:
                self.report(None, "the file has no class that derives from IStrategy")
            return
        if wanted not in {node.name.value for node in strategies}:
            names = " and ".join(node.name.value for node in strategies)
            self.report(
                strategies[0],
                f"the strategy is to be called {wanted}, but the file has {names}",
                hint=f"rename the class to {wanted}",
            )
        seen = False
        for node in strategies:
            if node is self.source.strategy and not seen:
                seen = True
            elif wanted in {n.name.value for n in strategies}:
                self.report(node, f"{node.name.value} is a second strategy in the same file")
