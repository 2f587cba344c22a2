"""A verb: ``freqgen count-rules FILE``."""


def add_commands(subparsers):
    """Add the verb. It has ``-c``, ``--json`` and the other common options by itself."""
    parser = subparsers.add_parser("count-rules", help="count the rules of a design file")
    parser.add_argument("file", metavar="FILE", help="a design, as freqgen design prints it")
    parser.set_defaults(run=count_rules)


def count_rules(args, context):
    """Print how many rules there are; returns the exit code."""
    from pathlib import Path

    from freqgen import Design, UsageError

    try:
        text = Path(args.file).read_text(encoding="utf-8")
    except OSError as exc:
        raise UsageError(f"{args.file} cannot be read", hint="give a design file") from exc
    design = Design.from_json(text, origin=args.file)
    rules = {
        name: len(getattr(design, name))
        for name in ("entry_long", "exit_long", "entry_short", "exit_short")
    }
    lines = [f"{name}: {count}" for name, count in rules.items()]
    context.emit({"name": design.name, "rules": rules}, "\n".join([design.name, *lines]))
    return 0
