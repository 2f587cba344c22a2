"""Writes every generated page, or generated part of a page: ``make docs``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from freqgen.design import indicators_docs
from freqgen.design.indicators import Catalogue
from freqgen.design.indicators_builtin import builtin_indicators
from freqgen.validation import findings_docs
from tests.docs import briefs_page, cli_page, hooks_page, prompts_page, reference_pages
from tests.docs.plugins import builtin_host
from tests.installation import ROOT


def pages() -> Iterator[tuple[Path, str]]:
    """All of them with what they are to hold."""
    yield hooks_page.PATH, hooks_page.page()
    yield cli_page.PATH, cli_page.page()
    yield prompts_page.PATH, prompts_page.page()
    yield from reference_pages.pages()
    yield briefs_page.PATH, briefs_page.page()
    catalogue = Catalogue(builtin_indicators())
    yield ROOT / indicators_docs.PAGE, indicators_docs.catalogue_markdown(catalogue)
    validators = builtin_host().validators().values()
    yield ROOT / findings_docs.PAGE, findings_docs.findings_markdown(validators)


def main() -> int:
    """Write those that changed, and name them."""
    for path, text in pages():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(path.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
