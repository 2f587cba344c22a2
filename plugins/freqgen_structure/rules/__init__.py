"""The rules, one a file; the file's name begins with the rule's code."""
