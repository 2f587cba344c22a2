"""The Python file in a reply, whatever is put around it; real faults, written by hand."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freqgen.generation import fences
from freqgen.generation.fences import ends_midway, fenced_blocks, unfenced
from freqgen.testing import A_SOURCE

CODE = A_SOURCE
NAME = "RsiReversion"
IN_DOCSTRING = CODE.replace(
    "sells strength.", "sells strength.\n\n    ```json\n    {}\n    ```\n    "
)
SNIPPET = f"```python\nclass {NAME}(IStrategy):\n    stoploss = -0.1\n```"
CONFIG = '```json\n{"exchange": "binance"}\n```'

NUMBERED = "\n".join(f"{n:>3} | {line}" for n, line in enumerate(CODE.splitlines(), start=1))

CLEANED = {
    "as it is": CODE,
    "without a last line end": CODE.rstrip(),
    "a fence": f"```python\n{CODE}```",
    "a fence in capitals": f"```Python3\n{CODE}```",
    "a fence of tildes": f"~~~\n{CODE}~~~\n",
    "a fence with a title": f'```python title="{NAME}.py"\n{CODE}```\n',
    "an indented fence": "1. The file:\n\n   ```python\n"
    + "".join(f"   {line}".rstrip(" ") for line in CODE.splitlines(keepends=True))
    + "   ```\n",
    "a fence that is never closed": f"Sure!\n\n```python\n{CODE}",
    "talk around it": f"Sure! Here it is:\n\n```python\n{CODE}```\n\nGood luck trading!\n",
    "Windows line ends": f"```python\n{CODE}```\n".replace("\n", "\r\n"),
    "Windows line ends without a fence": CODE.replace("\n", "\r\n"),
    "old Mac line ends": CODE.replace("\n", "\r"),
    "a byte order mark": "\ufeff" + CODE,
    "a configuration after it": f"```python\n{CODE}```\n\nAnd in config.json:\n\n{CONFIG}\n",
    "a long log before it": "```\n" + "INFO - loaded\n" * 200 + f"```\n\n```python\n{CODE}```\n",
    "a piece of it before": f"Change this:\n{SNIPPET}\n\nThe whole file:\n```python\n{CODE}```",
    "a piece of it after": f"```python\n{CODE}```\n\nFor a wider stop:\n{SNIPPET}\n",
    "a first try before": f"```python\n{CODE}# a first try, and longer\n```\n\n"
    f"Wait, that is wrong. Corrected:\n\n```python\n{CODE}```\n",
    "a second try that ends midway": f"```python\n{CODE}```\n\nOr:\n\n"
    f"```python\n{CODE}x = (\n```\n",
    "the numbers of its lines": f"```python\n{NUMBERED}\n```",
    "the numbers of its lines without a fence": f"{NUMBERED}\n",
    "thoughts before": f"<think>\n```python\nclass {NAME}: ...\n```\n</think>\n\n{CODE}",
    "prose before, without a fence": f"Here is the strategy you asked for:\n\n{CODE}",
    "prose after, without a fence": f"{CODE}\nThis buys weakness. Good luck trading!\n",
    "prose around, without a fence": "Sure!\n\nfrom what you wrote I made this:\n\n"
    f"{CODE}\n- buys below 30\n- sells above 70\n",
    "a fence for something else": f"{CODE}\nTo try it:\n\n```bash\nfreqtrade backtesting\n```\n",
    "a heading": f"# The strategy\n\nIt buys the dip.\n\n{CODE}",
}


@pytest.mark.parametrize("text", CLEANED.values(), ids=CLEANED)
def test_the_code_alone_is_left(text: str) -> None:
    assert unfenced(text, NAME) == CODE


def test_a_fence_in_a_docstring_is_part_of_it() -> None:
    assert unfenced(f"```python\n{IN_DOCSTRING}```\n", NAME) == IN_DOCSTRING
    assert unfenced(f"````python\n{CODE}\n# ```\n````\n", NAME) == f"{CODE}\n# ```\n"


def test_line_separators_in_strings_are_not_line_ends() -> None:
    """What ``splitlines`` takes for one may stand in a text."""
    code = 'class S:\n    """a\x0bb\u2028c\x1cd"""\n'
    assert unfenced(f"```python\n{code}```") == code


AS_IT_IS = {
    "nothing": "",
    "a sentence": "I cannot help with that.",
    "a fault in the middle": "Sure:\n"
    + CODE.replace("return dataframe\n", "return data frame\n", 1),
    "code without a class": "Sure, here:\n\nx = 1\n",
}


@pytest.mark.parametrize("text", AS_IT_IS.values(), ids=AS_IT_IS)
def test_what_is_not_certain_stays(text: str) -> None:
    """The checks say what is wrong with it."""
    assert unfenced(text, NAME) == text.strip("\n") + "\n"


def test_two_blocks_with_the_class_give_the_longer_one() -> None:
    longer = CODE + "\n\nX = 1\n"
    text = f"```python\n{CODE}```\nBetter:\n```python\n{longer}```\n"
    assert unfenced(text, NAME) == longer


@given(st.text(max_size=200), st.sampled_from(["```", "~~~", "`````"]))
def test_a_block_holds_what_was_put_into_it(text: str, fence: str) -> None:
    """Unless it holds the fence itself."""
    body = text.replace("\r", " ").replace("`", "'").replace("~", "-")
    assert fenced_blocks(f"Hello\n{fence}x\n{body}\n{fence}\nBye") == [body]


@given(st.text(st.sampled_from("`~ \n\r#classdef(:x)'\"\\"), max_size=200))
def test_no_text_is_a_bug(text: str) -> None:
    assert unfenced(text, NAME).endswith("\n")
    assert ends_midway(text) in {True, False}


# --- cut off


def _parses(code: str) -> bool:
    try:
        ast.parse(code)
    except SyntaxError:
        return False
    return True


@given(st.integers(1, len(CODE)))
def test_half_a_file_ends_midway_or_is_python(length: int) -> None:
    part = CODE[:length]
    assert ends_midway(part) is not _parses(part)


WRONG = {
    "a wrong definition": "def f(:\n    pass\n",
    "no indentation": "if True:\nx = 1\n",
    "an open bracket in the middle": "class A:\n    x = [1,\n    y = 2\n",
    "an open string in the middle": "x = 'a\ny = 2\n",
    "prose": "I cannot help with that, sorry about it.\n",
    "Python": CODE,
    "nothing": "",
}


def test_a_reply_far_longer_than_a_strategy_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    def parsed(_code: str) -> None:
        raise AssertionError

    monkeypatch.setattr(fences, "_parsed", parsed)
    assert not fences.ends_midway("x = 1\n" * 40_000 + "def")


@pytest.mark.parametrize("code", WRONG.values(), ids=WRONG)
def test_other_faults_are_no_end(code: str) -> None:
    assert not ends_midway(code)
