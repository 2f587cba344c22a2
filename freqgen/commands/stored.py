"""What is stored: ``list``, ``show``, ``approve``, ``reject``."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING, Any

from freqgen.commands.options import add_partial_option
from freqgen.printable import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from freqgen.commands.context import CommandContext
    from freqgen.pipeline import Freqgen
    from freqgen.store.files import FileState
    from freqgen.store.record import Record
    from freqgen.store.store import Store

GROUP = "Stored strategies"


def add_commands(subparsers: Any) -> None:
    """Add the verbs."""
    parser = subparsers.add_parser("list", group=GROUP, help="list stored strategies, newest first")
    parser.add_argument("name", nargs="?", metavar="NAME", help="only revisions of this one")
    parser.add_argument(
        "--status",
        metavar="STATUS",
        choices=("draft", "pending", "allowed", "denied", "approved", "rejected"),
        help="only those that are draft, pending, allowed, denied, approved or rejected",
    )
    parser.add_argument(
        "-n", "--limit", type=int, default=50, metavar="N", help="at most so many (default: 50)"
    )
    parser.set_defaults(run=list_stored)

    parser = subparsers.add_parser("show", group=GROUP, help="show everything about a strategy")
    parser.add_argument("name", metavar="NAME", help="name (its last revision), NAME@2, or id")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--code", action="store_true", help="print the code alone")
    what.add_argument("--design", action="store_true", help="print the design alone, as JSON")
    what.add_argument("--findings", action="store_true", help="print the findings alone")
    parser.set_defaults(run=show)

    for verb, text in (
        ("approve", "approve a strategy that waits, or put one back that was replaced"),
        ("reject", "reject a strategy, and take its file away"),
    ):
        parser = subparsers.add_parser(verb, group=GROUP, help=text)
        parser.add_argument("id", metavar="ID", help="id or name, as freqgen list shows them")
        parser.add_argument("--reason", default="", metavar="TEXT", help="why; kept with it")
        if verb == "approve":
            add_partial_option(parser)
        parser.set_defaults(run=approve if verb == "approve" else reject)


def list_stored(args: Namespace, context: CommandContext) -> int:
    """List records."""
    from freqgen.commands.showing_stored import show_records
    from freqgen.exceptions import UsageError
    from freqgen.store.record import Status

    if args.limit < 1:
        raise UsageError("the limit must be at least 1", hint="as in --limit 20")
    freqgen = context.stored()
    store = freqgen.existing_store
    status = Status(args.status) if args.status else None
    records = store.list(name=args.name, status=status, limit=args.limit) if store else ()
    places = places_of(records, freqgen)
    data = {
        "records": [
            {
                "id": r.id,
                "name": r.name,
                "revision": r.revision,
                "parent": r.parent,
                "status": r.status.value,
                "decision": r.decision.value if r.decision else None,
                "created": r.created.isoformat(),
                "market": r.market,
                "trades": r.measurements.get("backtest", {}).get("trades"),
                "profit_total": r.measurements.get("backtest", {}).get("profit_total"),
                "path": str(freqgen.workspace.user_data_dir / r.path),
                "in_use": places.get(r.id) == "current",
                "brief": r.brief,
            }
            for r in records
        ]
    }
    context.emit(data, lambda console: show_records(console, records, places))
    return 0


def places_of(records: Sequence[Record], freqgen: Freqgen) -> dict[str, FileState]:
    """What lies where the files of usable records belong, by id.

    :param records: The newest first; of several with the same source, that one's is the file.
    """
    from freqgen.exceptions import StoreError
    from freqgen.store.files import FileState, file_state

    known: dict[str, frozenset[str]] = {}
    taken: set[str] = set()
    places: dict[str, FileState] = {}
    for record in records:
        name = record.class_name
        if not record.status.usable:
            continue
        if name not in known:
            known[name] = freqgen.store.known_sources(name)
        try:
            place = file_state(record, freqgen.workspace.user_data_dir, known[name])
        except StoreError:  # a file that cannot be read, or a name that an altered row has
            continue
        if place is FileState.CURRENT and name in taken:
            place = FileState.SUPERSEDED
        elif place is FileState.CURRENT:
            taken.add(name)
        places[record.id] = place
    return places


def _store(context: CommandContext) -> Store:
    """The records, which must be there.

    :raises RecordNotFound: If there are none.
    """
    from freqgen.exceptions import RecordNotFound

    store = context.stored().existing_store
    if store is None:
        raise RecordNotFound(
            "nothing is stored yet",
            hint='freqgen generate "Buy when RSI(14) is below 30. Sell when RSI rises above 70." '
            "makes a strategy",
        )
    return store


def show(args: Namespace, context: CommandContext) -> int:
    """Show one record, or one part of it as it is."""
    from freqgen.commands.showing_stored import show_record

    store = _store(context)
    freqgen = context.freqgen()
    record = store.find(args.name)
    if args.code:
        context.emit({"source": record.source}, record.source)
    elif args.design:
        import json

        text = json.dumps(record.to_dict()["design"], indent=2, ensure_ascii=False)
        context.emit({"design": record.design}, text)
    elif args.findings:
        context.emit({"findings": list(record.findings)}, lambda c: _print_findings(c, record))
    else:
        decisions = store.decisions(record.id)
        attempts = store.attempts(record.id)
        place = places_of([record], freqgen).get(record.id)
        data = {
            "record": record.to_dict(),
            "path": str(freqgen.workspace.user_data_dir / record.path),
            "in_use": place == "current",
            "decisions": [decision.to_dict() for decision in decisions],
            "attempts": [attempt.to_dict() for attempt in attempts],
        }

        def everything(console: Console) -> None:
            show_record(console, record, decisions, freqgen, place, attempts=attempts)

        context.emit(data, everything)
    return 0


def _print_findings(console: Console, record: Any) -> None:
    from freqgen.commands.showing import show_finding_rows

    show_finding_rows(console, record.findings)


def approve(args: Namespace, context: CommandContext) -> int:
    """Approve a record."""
    context.check_datadir()
    before = _store(context).find(args.id)
    record, path = context.freqgen().approve(args.id, args.reason)
    done = f"{record.name} is approved"
    if before.status.usable:
        done = f"{record.name} revision {record.revision} has its place back"
    elif record.market is None:
        done += " although it was never backtested"
    _say_decision(context, record, path, f"{done}; its file is {printable(path)}")
    return 0


def reject(args: Namespace, context: CommandContext) -> int:
    """Reject a record."""
    _store(context)
    record, path = context.freqgen().reject(args.id, args.reason)
    _say_decision(
        context, record, path, f"{record.name} is rejected; it is kept in {printable(path)}"
    )
    return 0


def _say_decision(context: CommandContext, record: Any, path: Any, text: str) -> None:
    data = {
        "record": {
            "id": record.id,
            "name": record.name,
            "revision": record.revision,
            "status": record.status.value,
            "market": record.market,
            "path": str(path),
        }
    }
    context.emit(data, text)
