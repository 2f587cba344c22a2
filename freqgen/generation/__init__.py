"""From a brief to a design, and from a design to code."""
