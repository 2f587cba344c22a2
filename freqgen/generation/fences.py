"""Markdown around what was asked for, which models like to put there."""

from __future__ import annotations


def unfenced(text: str) -> str:
    """What a reply holds, without the Markdown fence around it.

    Of several fenced blocks the longest is taken; a reply without a fence is taken as it is.

    :returns: The text with one line feed at its end.
    """
    blocks: list[str] = []
    block: list[str] | None = None
    for line in text.splitlines():
        if line.strip().startswith("```"):
            if block is not None:
                blocks.append("\n".join(block))
            block = [] if block is None else None
        elif block is not None:
            block.append(line)
    if block:
        blocks.append("\n".join(block))  # a fence that was never closed
    found = max(blocks, key=len) if blocks else text
    return found.strip("\n") + "\n"
