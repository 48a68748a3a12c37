"""``python -m sync.server``: the centre's command line."""

import sys

from sync.server.cli import main

if __name__ == "__main__":
    sys.exit(main())
