"""What of the findings in a draft is reported, and what a person chose not to hear."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from difflib import get_close_matches

from freqgen.finding import Edit, Finding, Phase, Report, Severity
from freqgen.validation.noqa import Comment, Comments
from freqgen.validation.runner import NOQA_CODE, NOT_RUN_CODE, Validation, by_place
from freqgen.validation.selection import Selection, is_guard


class Waivers:
    """What is left out of the report of one draft.

    :param comments: Whether comments in the source count.
    """

    def __init__(self, source: str, selection: Selection, *, comments: bool) -> None:
        self._selection = selection
        self._comments = Comments(source if comments else "")

    def waived(self, finding: Finding) -> bool:
        """Whether a finding is left out."""
        return (
            not self._selection.wants(finding.code) or self._comments.silencing(finding) is not None
        )

    def settle(
        self, validation: Validation, *, judged: Collection[str], known: Collection[str]
    ) -> Validation:
        """What was found, without what is left out, and with what is wrong about that.

        :param judged: Codes that were looked for.
        :param known: Codes that there are.
        """
        report = validation.report
        selected = [f for f in report.findings if self._selection.wants(f.code)]
        silenced = tuple(f for f in selected if self._comments.silencing(f) is not None)
        kept = [f for f in selected if f not in silenced]
        if self._selection.wants(NOQA_CODE):
            kept += self._useless(silenced, judged, known)
        return replace(
            validation,
            report=Report(findings=tuple(sorted(kept, key=by_place)), timings=report.timings),
            silenced=silenced,
        )

    def not_run(self, report: Report) -> Finding | None:
        """Why a draft was not run, where the report does not show it.

        :param report: With all that was found.
        """
        hidden = {
            f.code
            for f in report.findings
            if f.severity is Severity.ERROR
            and f.phase is not Phase.BEHAVIOUR
            and is_guard(f.code)
            and self.waived(f)
        }
        if not hidden or NOT_RUN_CODE in self._selection.ignore:
            return None
        return Finding(
            code=NOT_RUN_CODE,
            severity=Severity.WARNING,
            phase=Phase.BEHAVIOUR,
            message="the strategy was read and not run: what was left out of this report keeps "
            f"it from being run ({', '.join(sorted(hidden))})",
            hint="leave it in the report to see what is wrong",
        )

    def _useless(
        self, silenced: Collection[Finding], judged: Collection[str], known: Collection[str]
    ) -> list[Finding]:
        found: list[Finding] = []
        used = {(self._comments.silencing(f), f.code) for f in silenced}
        for comment in self._comments.all:
            ours = [code for code in comment.codes if code.startswith("FG")]
            unused = [code for code in ours if code in judged and (comment, code) not in used]
            unused = [code for code in unused if self._selection.wants(code) and not is_guard(code)]
            if unused:
                found.append(_unused(comment, unused, self._comments))
            for code in ours:
                if is_guard(code):
                    found.append(_never(comment, code))
                elif code not in known:
                    found.append(_unknown(comment, code, known))
        return found


def _unused(comment: Comment, codes: list[str], comments: Comments) -> Finding:
    silences = "silence nothing" if len(codes) > 1 else "silences nothing"
    return _about(
        comment,
        f"the comment for {', '.join(codes)} {silences}: there is no such finding here",
        "remove it, or put it on the line of the finding",
        comments.without(comment, frozenset(codes)),
    )


def _never(comment: Comment, code: str) -> Finding:
    return _about(
        comment,
        f"no comment silences {code}: whether a strategy may be run is not for its file to say",
        f"mend what {code} says, or leave it out of the report with --ignore {code}",
    )


def _unknown(comment: Comment, code: str, known: Collection[str]) -> Finding:
    # Digits that are elsewhere the same are no mistake in writing; it is the family that is known.
    family = [one for one in known if one[:3] == code[:3]]
    near = get_close_matches(code, family, n=1, cutoff=0.8)
    return _about(
        comment,
        f"there is no rule {code} to silence",
        f"did you mean {near[0]}?" if near else "write the whole code, as in FG301",
    )


def _about(comment: Comment, message: str, hint: str, edits: tuple[Edit, ...] = ()) -> Finding:
    return Finding(
        code=NOQA_CODE,
        severity=Severity.WARNING,
        phase=Phase.STRUCTURE,
        message=message,
        hint=hint,
        line=comment.line,
        column=comment.column,
        edits=edits,
    )
