"""Where commits stay: log files that survive crashes, and what recovers them.

`framing` and `recovery` are pure. `file_disk`, `file_opening` and `file_log` do the I/O, through
the small `Disk` protocol, so that a disk that fails on purpose fits under the production log. Knows
bytes only: neither commits nor items.
"""
