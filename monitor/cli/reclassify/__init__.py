"""`relmon reclassify`: stored items read again with changed patterns.

`account.py` counts what differs, `showing.py` tells it, `command.py` is the command.
"""
