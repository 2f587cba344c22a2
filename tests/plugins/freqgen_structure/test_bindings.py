"""What a name is bound to, and which nodes are in another."""

from __future__ import annotations

import libcst as cst
import pytest

from freqgen_structure.bindings import Bound, Way
from freqgen_structure.source import Source


def bindings(code: str) -> tuple[Source, tuple[Bound, ...]]:
    """Those of the last ``x`` of some code."""
    source = Source(code)
    assert source.problem is None
    return source, source.bindings([n for n in source.all(cst.Name) if n.value == "x"][-1])


@pytest.mark.parametrize(
    ("code", "way", "value", "places", "given"),
    [
        ("x = 1\nx\n", Way.ASSIGNED, "1", (), "1"),
        ("y = x = 1\nx\n", Way.ASSIGNED, "1", (), "1"),
        ("x: int = 1\nx\n", Way.ANNOTATED, "1", (), "1"),
        ("x: int\nx\n", Way.ANNOTATED, None, (), None),
        ("print(x := 1)\nx\n", Way.NAMED, "1", (), "1"),
        ("y, x = 1, 2\nx\n", Way.ASSIGNED, "1, 2", (1,), "2"),
        ("[y, x] = f()\nx\n", Way.ASSIGNED, "f()", (1,), None),
        ("(y, x), z = (1, 2), 3\nx\n", Way.ASSIGNED, "(1, 2), 3", (0, 1), "2"),
        ("*y, x = 1, 2, 3\nx\n", Way.ASSIGNED, "1, 2, 3", (-1,), "3"),
        ("y, x = *a, 2\nx\n", Way.ASSIGNED, "*a, 2", (1,), None),
        ("y, *x = 1, 2, 3\nx\n", Way.OTHER, None, (), None),
        ("x += 1\nx\n", Way.AUGMENTED, "1", (), None),
        ("for x in (1, 2):\n    x\n", Way.LOOP, "(1, 2)", (), None),
        ("for y, x in pairs:\n    x\n", Way.LOOP, "pairs", (1,), None),
        ("[x for x in (1, 2)]\n", Way.LOOP, "(1, 2)", (), None),
        ("with open(p) as x:\n    x\n", Way.ENTERED, "open(p)", (), None),
        ("def f(x=1):\n    x\n", Way.PARAMETER, "1", (), None),
        ("lambda x: x\n", Way.PARAMETER, None, (), None),
        ("def x(): pass\nx\n", Way.FUNCTION, None, (), None),
        ("class x: pass\nx\n", Way.CLASS, None, (), None),
        ("import a as x\nx\n", Way.IMPORTED, None, (), None),
        ("try:\n    f()\nexcept E as x:\n    x\n", Way.OTHER, None, (), None),
    ],
)
def test_a_name_is_bound_in_one_way(
    code: str, way: Way, value: str | None, places: tuple[int, ...], given: str | None
) -> None:
    source, (one,) = bindings(code)

    def written(node: cst.CSTNode | None) -> str | None:
        return None if node is None else source.module.code_for_node(node)

    assert one.way is way
    assert written(one.value) == value
    assert one.places == places
    assert written(one.given) == given
    assert (one.whole is not None) == (given is not None and not places)


def test_several_bindings_come_in_the_order_of_the_text() -> None:
    code = "".join(f"x = {number}\n" for number in range(30)) + "x\n"
    _, found = bindings(code)
    assert [one.whole.value for one in found] == [str(n) for n in range(30)]  # type: ignore[union-attr]


def test_a_builtin_has_no_node() -> None:
    source = Source("len(a)\n")
    (one,) = source.bindings(source.all(cst.Call)[0].func)  # type: ignore[arg-type]
    assert one.way is Way.BUILTIN
    assert one.target is None


def test_a_value_is_told_where_it_is_the_only_one() -> None:
    source, _ = bindings("x = 1\ny = 2\ny = 3\ny, x\n")
    reads = {n.value: n for n in source.all(cst.Name)}
    assert source.value(reads["x"]) is not None
    assert source.value(reads["y"]) is None


def test_nodes_within_another_come_in_the_order_of_the_text() -> None:
    source = Source("a = f(b[1], 'c')\nd = g(e)\n")
    first = source.module.body[0]
    kinds = (cst.Name, cst.BaseString, cst.Integer)
    found = [source.text[slice(*source.span(n))] for n in source.below(first, *kinds)]
    assert found == ["a", "f", "b", "1", "'c'"]
    call = source.all(cst.Call)[1]
    assert source.below(call, cst.Call) == [call]
    assert source.below(call, cst.Integer) == []


def test_what_is_worked_out_of_a_file_is_worked_out_once() -> None:
    source, asked = Source("x = 1\n"), []
    for _ in range(2):
        assert source.once(asked.append) is None
    assert asked == [source]
