"""What every program here needs: one line of JSON for each check."""

import json
import os
import re

DENIED = re.compile("No rule of the upstream|k8s-egress: request-denied")


def egress(host):
    """The address in the cluster of a host outside; with the client package the host's own."""
    return f"https://{host}" if "EGRESS_DOMAIN" in os.environ else f"http://{host}.egress.local"


def check(name):
    """Runs the decorated function as a check."""

    def run(function):
        try:
            function()
            line = {"check": name, "ok": True}
        except Exception as error:  # Whatever it is, it is this check's outcome.
            line = {"check": name, "ok": False, "detail": f"{type(error).__name__}: {error} ({error.__cause__!r})"[:600]}
        print(json.dumps(line), flush=True)
        return function

    return run


def equal(actual, expected):
    if actual != expected:
        raise AssertionError(f"{actual!r} is not {expected!r}")


def denied(call, read=str):
    """Asserts that a call fails, and that the application sees the proxy's own reason."""
    try:
        result = call()
    except Exception as error:
        text = read(error)
        if not DENIED.search(text):
            raise AssertionError(f"the proxy's reason is not in {text}") from error
        return
    raise AssertionError(f"the call succeeded with {result!r}")
