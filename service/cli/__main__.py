"""`python -m service.cli` is the same as `allot`."""

from service.cli import main

main()
