"""What was made, kept: records and their history, strategy files, the audit log.

Nothing is imported here: the database's library is loaded by the modules that use it.
"""
