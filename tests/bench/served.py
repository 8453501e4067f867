"""`python -m tests.bench.served module:app`: any WSGI application on the product's own server, for floors beside it."""

import sys
from importlib import import_module

from lms.core.config import Settings
from lms.core.serving import WebServer


def main() -> None:
    module, _, name = sys.argv[1].partition(":")
    WebServer(getattr(import_module(module), name), Settings.from_environment()).run()


if __name__ == "__main__":
    main()
