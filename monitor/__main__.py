"""`python -m monitor` is `relmon`."""

from monitor.cli import main

main()
