"""`relmon backtest`: what each watch would have got of past news, and what an edit of the configuration would change.

`given.py` and `archive.py` bring the news, `sides.py` a configuration that can be played, `stage.py` plays, `account.py`
counts and compares, `showing.py` tells. `command.py` is the command.
"""
