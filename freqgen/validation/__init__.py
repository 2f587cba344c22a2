"""Checks of a draft, and the only place that declares one trustworthy."""
