"""Pages of the documentation that are written by programs, and the tests of all pages."""
