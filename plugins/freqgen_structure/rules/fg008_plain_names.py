from typing import ClassVar

import libcst as cst

from freqgen import Phase
from freqgen_structure.rule import Bad, Rule


class PlainNames(Rule):
    """FG008: a name has letters beyond ASCII.

    Python normalises such names: ``ｏｓ`` is ``os`` and ``__clᵃss__`` is ``__class__``, so a
    name that looks strange can be one that is forbidden. Texts and comments may use any
    letters.
    """

    PHASE = Phase.PARSE
    HINT = "spell it with the letters a to z"
    VALID = ("name = 'Übertrend'  # für den Fall\n", "dataframe['größe'] = 1\n")
    INVALID: ClassVar = (
        Bad(code="x = 1\nimport ｏｓ as zz\n", line=2),
        Bad(code="x = ().__clᵃss__\n", line=1),
        Bad(code="größe = 1\n", line=1),
        Bad(code="x = f'{().__clᵃss__}'\n", line=1),
    )

    def check(self) -> None:
        if self.source.problem is None:
            for node in self.source.all(cst.Name):
                if not node.value.isascii():
                    self.report(node, f'the name "{node.value}" has letters beyond ASCII')
