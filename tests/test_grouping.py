"""That tests which share something expensive run in one process, where several are used."""

from __future__ import annotations

import os

import pytest

GROUP = "sharing"


@pytest.mark.xdist_group(GROUP)
@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="one process runs all tests")
def test_groups_are_kept_together(request: pytest.FixtureRequest) -> None:
    """pytest-xdist tells a group by the end of an id; some versions of pytest ignore that."""
    if not request.config.option.loadgroup:
        pytest.skip("tests are distributed otherwise")
    assert request.node.nodeid.endswith(f"@{GROUP}")
