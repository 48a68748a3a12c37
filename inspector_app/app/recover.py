"""The administrator's side of a forgotten passphrase: ``python -m inspector_app.app.recover KEYFILE``, offline."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from inspector_app.storage import recovery
from inspector_app.storage.errors import StorageError


def main(arguments: list[str] | None = None) -> int:
    """Read a request from standard input and print the response.

    Returns:
        0 when a response was printed, 1 when the key file or the request is no good.
    """
    parser = argparse.ArgumentParser(prog="midan-recover", description="Answer a request of a locked device.")
    parser.add_argument("keyfile", type=Path, help="the administrator's private key, as `recovery-key` wrote it")
    keyfile: Path = parser.parse_args(arguments).keyfile
    try:
        private = bytes.fromhex(keyfile.read_text(encoding="ascii").strip())
        response = recovery.answer_request(sys.stdin.read(), private)
    except (OSError, ValueError) as error:
        print(f"the key file cannot be used: {error}", file=sys.stderr)  # noqa: T201 - a command line tool
        return 1
    except StorageError as error:
        print(f"the request cannot be answered: {error.code}", file=sys.stderr)  # noqa: T201 - a command line tool
        return 1
    print(response)  # noqa: T201 - this is what the tool is for
    return 0


if __name__ == "__main__":
    sys.exit(main())
