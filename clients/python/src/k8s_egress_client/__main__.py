"""``python -m k8s_egress_client app.py ...`` or ``python -m k8s_egress_client -m module ...``."""

from __future__ import annotations

import os
import runpy
import sys

from .installation import install


def main() -> None:
    arguments = sys.argv[1:]
    by_module = arguments[:1] == ["-m"]
    if by_module:
        arguments = arguments[1:]
    if not arguments:
        sys.exit("usage: python -m k8s_egress_client [-m] PROGRAM [ARGUMENT ...]")
    install()
    sys.argv = arguments
    if by_module:
        runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)
    else:
        # As python itself does: the program's folder first.
        sys.path[0] = os.path.dirname(os.path.abspath(arguments[0]))
        runpy.run_path(arguments[0], run_name="__main__")


main()
