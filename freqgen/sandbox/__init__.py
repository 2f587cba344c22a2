"""Where code that nobody vouches for runs: confined by the operating system.

``confine`` locks the calling process for good; ``level`` says what this machine can hold. The
kernel's interfaces are in ``kernel``, ``landlock`` (files) and ``seccomp`` (system calls).
"""
