"""Slow tables of tests, of which ``make test`` tries every so many and ``make soak`` all.

Each row is whole by itself, and together they take longer than anyone waits. A table is in here
when its rows differ in little that can break alone; a new kind of row belongs at its front.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pytest

EVERY = {
    "tests/commands/test_configured.py::test_a_name_that_another_idea_has_is_told": 2,
    "tests/evaluation/test_interruption.py::test_an_interrupted_generate_leaves_nothing": 2,
    "tests/evaluation/test_pairs.py::test_a_blacklist_does_what_it_does_in_freqtrades_"
    "backtesting": 2,
    "tests/evaluation/test_paper.py::test_no_code_of_the_current_folder_is_run_and_no_path_"
    "depends_on_it": 3,
    "tests/evaluation/test_runner.py::test_the_blacklist_is_freqtrades": 3,
    "tests/evaluation/test_runner.py::test_what_cannot_run": 3,
    "tests/evaluation/test_runner.py::test_what_runs_where": 2,
    "tests/evaluation/test_spot_check.py::test_a_callback_that_peeks_where_there_are_many_"
    "candles": 2,
    "tests/evaluation/test_spot_check.py::test_what_fails_without_later_candles_alone_is_no_"
    "way_out": 2,
    "tests/evaluation/test_trusted_engine.py::test_a_strategy_trades_as_in_freqtrades_own_"
    "backtest": 2,
    "tests/generation/test_in_words.py::test_both_vendors_take_the_same_way": 2,
    "tests/generation/test_in_words.py::test_what_can_be_proved_is_still_proved": 2,
    "tests/generation/test_repair_dialogue.py::test_what_has_one_right_answer_costs_no_token": 2,
    "tests/generation/test_repair_dialogue.py::test_another_interface_and_what_a_run_shows": 2,
    "tests/generation/test_repair_dialogue.py::test_the_rest_goes_back_once": 2,
    "tests/generation/test_repair_dialogue.py::test_the_same_failure_twice_changes_the_approach": 2,
    "tests/generation/test_repair_dialogue.py::test_an_unchanged_file_changes_the_approach": 2,
    "tests/generation/test_repair_dialogue.py::test_a_syntax_error_hides_all_else": 2,
    "tests/generation/test_repair_dialogue.py::test_what_a_model_undoes_is_mended_again": 2,
    "tests/generation/test_repair_dialogue.py::test_a_model_cannot_silence_a_check": 2,
    "tests/generation/test_vendor_conversations.py::test_a_key_that_comes_back_is_not_kept": 2,
    "tests/generation/test_vendor_conversations.py::test_what_cannot_be_sent_or_stored_"
    "is_mended": 2,
    "tests/generation/test_unfinished.py::test_an_error_in_a_later_attempt_keeps_what_there_was": 3,
    "tests/generation/test_unfinished.py::test_an_error_in_the_first_attempt_at_code_keeps_the_"
    "design": 3,
    "tests/generation/test_unfinished.py::test_ctrl_c_keeps_what_was_paid_for": 2,
    "tests/plugins/freqgen_behaviour/test_latency.py::test_a_loop_that_takes_long_is_measured": 2,
    "tests/plugins/freqgen_behaviour/test_warmup.py::test_one_cause_is_one_finding": 3,
    "tests/plugins/freqgen_offline/test_length.py::test_a_whole_brief_of_one_thing_is_read_to_"
    "its_end": 3,
    "tests/store/test_store.py::TestDeciding::test_denied_and_unmeasured_never_become_usable": 2,
    "tests/test_broken_plugins.py::test_a_broken_evaluator_or_gate_is_named_and_nothing_is_"
    "stored": 2,
    "tests/test_broken_plugins.py::test_without_what_a_failed_judge_would_say_somebody_has_to_"
    "look": 2,
}
"""Of a table's rows, by the name of its test, the first of every so many is always tried."""


def leave_to_soak(items: Iterable[pytest.Item]) -> None:
    """Mark the rows that only the long run tries."""
    seen: Counter[str] = Counter()
    for item in items:
        name = item.nodeid.partition("[")[0]
        if name in EVERY and not item.get_closest_marker("soak"):
            if seen[name] % EVERY[name]:
                item.add_marker(pytest.mark.soak)
            seen[name] += 1
