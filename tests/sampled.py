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
    "tests/commands/test_doctor.py::test_where_there_is_no_limit_on_resources": 2,
    "tests/commands/test_full_disk.py::test_a_full_disk_is_said_in_a_sentence": 2,
    "tests/commands/test_interview.py::test_ended_at_a_question_nothing_is_written": 3,
    "tests/commands/test_limits_again.py::test_a_strategy_of_looser_limits_is_refused": 2,
    "tests/commands/test_output.py::TestNamesOfFiles::test_are_data": 2,
    "tests/commands/test_output.py::TestStreams::test_that_are_closed_or_full_are_no_bugs": 3,
    "tests/commands/test_validate.py::TestFix::test_mends_in_place": 2,
    "tests/commands/test_validate.py::test_comments_silence": 2,
    "tests/corpus/test_attacks.py::test_the_sandbox_and_the_trusted_engine_alone_stop_every_"
    "attack": 2,
    "tests/corpus/test_attacks.py::test_unprotected_the_attacks_work": 2,
    "tests/corpus/test_attacks.py::test_with_everything_on_an_attack_is_refused_before_it_"
    "runs_or_stopped": 2,
    "tests/corpus/test_benign.py::test_freqtrades_new_strategies_are_not_refused": 3,
    "tests/corpus/test_own_attacks.py::test_an_attack_ends_where_it_begins": 4,
    "tests/design/test_risk.py::test_trades": 3,
    "tests/docs/test_sessions.py::test_sessions": 3,
    "tests/evaluation/test_callbacks.py::test_a_number_is_given_back_as_it_was_or_refused": 3,
    "tests/evaluation/test_callbacks.py::test_yes_and_no_are_given_back": 2,
    "tests/evaluation/test_engine.py::test_an_error_of_a_strategy_is_one_sentence": 3,
    "tests/evaluation/test_interruption.py::test_an_interrupted_generate_leaves_nothing": 2,
    "tests/evaluation/test_pairs.py::test_a_blacklist_does_what_it_does_in_freqtrades_"
    "backtesting": 2,
    "tests/evaluation/test_paper.py::test_no_code_of_the_current_folder_is_run_and_no_path_"
    "depends_on_it": 3,
    "tests/evaluation/test_runner.py::test_the_blacklist_is_freqtrades": 6,
    "tests/evaluation/test_runner.py::test_what_cannot_run": 6,
    "tests/evaluation/test_runner.py::test_what_runs_where": 4,
    "tests/evaluation/test_spot_check.py::test_what_fails_without_later_candles_alone_is_no_"
    "way_out": 2,
    "tests/evaluation/test_trusted_engine.py::test_a_published_construct_trades_as_in_"
    "freqtrades_own_backtest": 3,
    "tests/evaluation/test_trusted_engine.py::test_a_strategy_trades_as_in_freqtrades_own_"
    "backtest": 5,
    "tests/evaluation/test_trusted_engine.py::test_what_no_strategy_does_is_named": 3,
    "tests/generation/test_bad_input.py::test_an_answer_that_is_none": 3,
    "tests/generation/test_bad_input.py::test_no_code_three_times": 4,
    "tests/generation/test_bad_input.py::test_no_design_three_times": 3,
    "tests/generation/test_command_line.py::test_words_that_block": 2,
    "tests/generation/test_in_words.py::test_what_can_be_proved_is_still_proved": 2,
    "tests/generation/test_overridden.py::test_an_option_sets_the_words_apart": 3,
    "tests/generation/test_repair_dialogue.py::test_a_model_cannot_silence_a_check": 2,
    "tests/generation/test_repair_dialogue.py::test_a_syntax_error_hides_all_else": 2,
    "tests/generation/test_repair_dialogue.py::test_an_unchanged_file_changes_the_approach": 2,
    "tests/generation/test_repair_dialogue.py::test_the_rest_goes_back_once": 2,
    "tests/generation/test_repair_dialogue.py::test_the_same_failure_twice_changes_the_approach": 2,
    "tests/generation/test_repair_dialogue.py::test_what_a_model_undoes_is_mended_again": 2,
    "tests/generation/test_repair_dialogue.py::test_what_has_one_right_answer_costs_no_token": 2,
    "tests/generation/test_unfinished.py::test_an_error_in_a_later_attempt_keeps_what_there_was": 6,
    "tests/generation/test_unfinished.py::test_an_error_in_the_first_attempt_at_code_keeps_"
    "the_design": 6,
    "tests/generation/test_unfinished.py::test_ctrl_c_keeps_what_was_paid_for": 2,
    "tests/generation/test_vendor_conversations.py::test_repaired_once": 2,
    "tests/generation/test_vendor_conversations.py::test_what_cannot_be_sent_or_stored_is_"
    "mended": 2,
    "tests/oracle/test_trades.py::test_freqtrade_agrees": 3,
    "tests/plugins/freqgen_behaviour/test_alive.py::test_the_condition_that_leaves_nothing_"
    "is_named": 4,
    "tests/plugins/freqgen_behaviour/test_causal.py::test_chance_and_clocks_are_told_from_"
    "the_future": 2,
    "tests/plugins/freqgen_behaviour/test_causal.py::test_sound_strategies_have_no_finding": 3,
    "tests/plugins/freqgen_behaviour/test_causal.py::test_the_column_is_named_where_it_is_"
    "assigned": 3,
    "tests/plugins/freqgen_behaviour/test_documented.py::test_the_examples_are_true": 3,
    "tests/plugins/freqgen_behaviour/test_latency.py::test_a_loop_that_takes_long_is_measured": 2,
    "tests/plugins/freqgen_behaviour/test_loads.py::test_what_is_wrong_is_a_finding": 3,
    "tests/plugins/freqgen_behaviour/test_warmup.py::test_nothing_is_said_of": 2,
    "tests/plugins/freqgen_behaviour/test_warmup.py::test_one_cause_is_one_finding": 3,
    "tests/plugins/freqgen_behaviour/test_warmup.py::test_too_little_history_is_found_and_"
    "mended": 2,
    "tests/plugins/freqgen_behaviour/test_warmup.py::test_what_depends_on_the_first_candle_"
    "is_found": 3,
    "tests/plugins/freqgen_offline/test_length.py::test_a_whole_brief_of_one_thing_is_read_"
    "to_its_end": 3,
    "tests/plugins/freqgen_offline/test_length.py::test_twice_the_words_take_at_most_about_"
    "twice_the_calls": 3,
    "tests/plugins/freqgen_prompts/test_facts.py::TestExamples::test_code_passes_without_a_"
    "finding": 2,
    "tests/plugins/freqgen_prompts/test_facts.py::test_a_mistake_is_found_where_it_can_be_read": 5,
    "tests/plugins/freqgen_structure/test_beside.py::test_every_defect_is_found_beside": 6,
    "tests/plugins/freqgen_structure/test_every_mend.py::test_what_is_mended_does_what_its_"
    "author_meant": 2,
    "tests/plugins/freqgen_structure/test_hostile.py::test_hostile_text_is_a_clean_finding": 2,
    "tests/plugins/freqgen_structure/test_mended_signals.py::test_a_broken_strategy_is_"
    "mended_to_the_signals_of_its_design": 4,
    "tests/plugins/freqgen_structure/test_mended_signals.py::test_what_is_mended_gives_the_"
    "reference_signals": 4,
    "tests/plugins/freqgen_types/test_process.py::test_a_text_is_never_taken_for_an_option_"
    "or_a_file": 3,
    "tests/sandbox/test_confine.py::test_there_are_limits": 2,
    "tests/sandbox/test_confine.py::test_what_works_outside_is_refused_inside": 3,
    "tests/sandbox/test_confine.py::test_work_is_possible_inside": 2,
    "tests/store/test_store.py::TestDeciding::test_denied_and_unmeasured_never_become_usable": 2,
    "tests/test_broken_plugins.py::test_a_broken_evaluator_or_gate_is_named_and_nothing_is_"
    "stored": 2,
    "tests/test_broken_plugins.py::test_without_what_a_failed_judge_would_say_somebody_has_"
    "to_look": 2,
    "tests/test_compiled_code.py::test_no_findings": 2,
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
