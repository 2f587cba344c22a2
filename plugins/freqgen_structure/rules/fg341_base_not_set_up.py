from typing import ClassVar

import libcst as cst

from freqgen import Edit
from freqgen_structure.class_bodies import statements
from freqgen_structure.rule import Bad, Rule

_HEAD = "from freqtrade.strategy import IStrategy\n\n\nclass S(IStrategy):\n"


class BaseNotSetUp(Rule):
    """FG341: ``__init__`` of a strategy leaves out what Freqtrade's own does.

    Freqtrade makes the strategy with its configuration, which ``__init__`` must take and hand on
    with ``super().__init__(config)``: else there is no ``self.config`` and no ``self.dp``, or the
    strategy cannot be made at all. ``bot_start`` is the place for values of one's own.
    """

    HINT = "write def bot_start(self, **kwargs) for values of your own"
    VALID = (
        _HEAD + "    def __init__(self, config):\n        super().__init__(config)\n",
        _HEAD + "    def __init__(self, *args, **kwargs):\n"
        "        super().__init__(*args, **kwargs)\n",
        _HEAD + "    def __init__(self, config: dict) -> None:\n"
        "        IStrategy.__init__(self, config)\n        self.x = 1\n",
        "class Box:\n    def __init__(self):\n        self.x = 1\n",
    )
    INVALID: ClassVar = (
        Bad(
            code=_HEAD + "    def __init__(self, config):\n        self.x = 1  # mine\n",
            line=5,
            fixed=_HEAD + "    def __init__(self, config):\n        super().__init__(config)\n"
            "        self.x = 1  # mine\n",
        ),
        Bad(
            code=_HEAD + "    def __init__(self, config: dict) -> None:\n"
            '        """Mine."""\n        self.x = 1\n',
            line=5,
            fixed=_HEAD + "    def __init__(self, config: dict) -> None:\n"
            '        """Mine."""\n        super().__init__(config)\n        self.x = 1\n',
        ),
        Bad(code=_HEAD + "    x = 1\n\n    def __init__(self):\n        self.x = 1\n", line=7),
        Bad(
            code=_HEAD
            + "    def __init__(self):\n        super().__init__()\n        self.x = 1\n",
            line=5,
        ),
    )

    def check(self) -> None:
        for owner in self.source.lineage:
            for item in statements(owner.body):
                if isinstance(item, cst.FunctionDef) and item.name.value == "__init__":
                    self._init(item)

    def _init(self, method: cst.FunctionDef) -> None:
        params = method.params
        names = [p.name.value for p in (*params.posonly_params, *params.params)][1:]
        if not names and not isinstance(params.star_arg, cst.Param):
            self.report(
                method.name, "Freqtrade makes the strategy with its configuration, taken nowhere"
            )
        elif not self._hands_on(method):
            self.report(
                method.name,
                "__init__ does not call that of IStrategy",
                hint="write super().__init__(config) first",
                edits=self._call(method, names[0]) if names else (),
            )

    def _hands_on(self, method: cst.FunctionDef) -> bool:
        return any(
            isinstance(call.func, cst.Attribute) and call.func.attr.value == "__init__"
            for call in self.source.below(method.body, cst.Call)
        )

    def _call(self, method: cst.FunctionDef, name: str) -> list[Edit]:
        """The call as the first statement, behind the docstring."""
        if not isinstance(method.body, cst.IndentedBlock):
            return []
        first = method.body.body[0]
        text = f"super().__init__({name})"
        start, end = self.source.span(first)
        begin = self.source.text.rfind("\n", 0, start) + 1
        indent = self.source.text[begin:start]
        if indent.strip():
            return []
        if method.get_docstring() is not None:
            return [Edit(start=end, end=end, text=f"\n{indent}{text}")]
        return [Edit(start=begin, end=begin, text=f"{indent}{text}\n")]
