"""The pages for plugin authors say what is true: their code is compared, or run."""

from __future__ import annotations

import ast
import re
import subprocess
import sys

import pytest

from freqgen import hookspecs
from tests.docs import hooks_page
from tests.installation import EXAMPLE, ROOT

FOLDER = ROOT / "docs" / "plugins"
WRITING = (FOLDER / "writing.md").read_text(encoding="utf-8")
BLOCK = re.compile(r'^```(\w*)(?: title="([^"]+)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)


def blocks(text):
    """Language, file name and content of every code block of a page."""
    return BLOCK.findall(text)


FILES = {title: content for _, title, content in blocks(WRITING) if title}


@pytest.mark.parametrize("name", FILES)
def test_writing_shows_the_example_as_it_is(name):
    assert (EXAMPLE / name).read_text(encoding="utf-8") == FILES[name]


def test_writing_shows_all_of_the_example():
    files = {
        str(path.relative_to(EXAMPLE))
        for path in EXAMPLE.rglob("*")
        if path.suffix in {".py", ".toml"}
    }
    assert set(FILES) == files


def test_the_example_uses_the_public_names_only():
    sources = "".join(content for name, content in FILES.items() if name.startswith("freqgen_"))
    assert not re.findall(r"(?:from|import) freqgen\.", sources)


@pytest.mark.xdist_group("installed")
def test_writing_shows_what_list_plugins_says(installed, tmp_path):
    (shown,) = [content for _, _, content in blocks(WRITING) if content.startswith("example  ")]
    done = installed.run("freqgen", "list-plugins", "--no-color", cwd=tmp_path)
    assert shown in done.stdout


def test_hooks_is_current():
    assert hooks_page.PATH.read_text(encoding="utf-8") == hooks_page.page(), "run make docs"


def test_hooks_has_every_hook_with_words():
    page = hooks_page.page()
    for name, hook in vars(hookspecs).items():
        if hasattr(hook, "freqgen_spec"):
            assert f"### {name}\n" in page
            assert hook.__doc__


@pytest.mark.soak
def test_the_examples_of_testing_run(tmp_path):
    page = (FOLDER / "testing.md").read_text(encoding="utf-8")
    code = "\n\n".join(content for language, _, content in blocks(page) if language == "python")
    (tmp_path / "test_page.py").write_text(code, encoding="utf-8")
    path = [str(EXAMPLE), str(ROOT)]
    run = f"import sys, pytest; sys.path[:0] = {path!r}; sys.exit(pytest.main(['-q']))"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", run],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(re.findall('^def test_', code, re.MULTILINE)) + 2} passed" in done.stdout


def test_testing_names_everything():
    page = (FOLDER / "testing.md").read_text(encoding="utf-8")
    tree = ast.parse((ROOT / "freqgen" / "testing.py").read_text(encoding="utf-8"))
    named = [n.name for n in tree.body if isinstance(n, ast.ClassDef | ast.FunctionDef)]
    assert [name for name in named if name[0] != "_" and f"`{name}" not in page] == []
