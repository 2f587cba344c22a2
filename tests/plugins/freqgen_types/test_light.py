"""Registering the checks costs nothing: what is heavy is imported when a draft is checked."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("libcst", "mypy", "pandas", "numpy", "talib", "pydantic", "freqtrade.strategy")


def test_registering_imports_nothing_heavy() -> None:
    code = f"""
import sys
import freqgen_structure, freqgen_types
found = []
for plugin in (freqgen_structure, freqgen_types):
    plugin.register_validators(found.append)
print(sorted((v.phase.order, v.codes, v.name) for v in found)[0][2], len(found) > 30)
heavy = [name for name in {HEAVY!r} if name in sys.modules]
sys.exit(f"imported {{heavy}}" if heavy else 0)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["parses", "True"]
