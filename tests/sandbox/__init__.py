"""The sandbox, by what cannot be done in it."""
