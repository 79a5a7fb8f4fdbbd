"""``python -m k8s_egress_client program.py``, with a program that knows nothing of it."""

import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent

# Before the program: the names of the tests, in the child too.
START = """
import runpy, sys
import pytest
from proxy import Proxy
from conftest import point_anyio_and_aiohttp
import socket
proxy = Proxy()
proxy.upstreams = sys.argv.pop(1).split(",")
patch = pytest.MonkeyPatch()
patch.setattr(socket, "getaddrinfo", proxy.getaddrinfo)
point_anyio_and_aiohttp(proxy, patch)
runpy.run_module("k8s_egress_client", run_name="__main__", alter_sys=True)
"""


def run(upstreams, **env):
    path = os.pathsep.join([str(HERE.parent / "src"), str(HERE)])
    base = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": path}
    return subprocess.run(
        [sys.executable, "-c", START, upstreams, str(HERE / "program.py"), "one", "two"],
        env={**base, **env},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_sends_all_libraries_through_the_proxy():
    done = run("api.stripe.com", EGRESS_DOMAIN="egress.local")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found.pop("argv") == ["one", "two"]
    assert len(found) == 5
    assert all(hosts == ["api.stripe.com"] for hosts in found.values()), found


def test_says_why_a_name_does_not_resolve():
    found = json.loads(run("", EGRESS_DOMAIN="egress.local").stdout)
    found.pop("argv")
    assert all("api.stripe.com.egress.local does not resolve" in text for text in found.values()), found


def test_changes_nothing_where_egress_domain_is_unset():
    found = json.loads(run("api.stripe.com").stdout)
    found.pop("argv")
    assert all("egress" not in text and isinstance(text, str) for text in found.values()), found


def test_does_not_start_the_program_where_egress_domain_is_wrong():
    done = run("api.stripe.com", EGRESS_DOMAIN="example.com")
    assert done.returncode == 1
    assert done.stdout == ""
    assert 'EgressConfigError: EGRESS_DOMAIN "example.com" ends in ".com"' in done.stderr
