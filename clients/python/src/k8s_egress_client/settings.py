"""What EGRESS_DOMAIN and EGRESS_HOSTS say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from .errors import EgressConfigError
from .names import domain_problem, host_problem, shown


class Settings(NamedTuple):
    domain: str
    hosts: tuple[str, ...]


def read_settings(env: Mapping[str, str]) -> Settings | None:
    """None where EGRESS_DOMAIN is unset or empty: then everything goes out directly, and EGRESS_HOSTS is not read.

    Raises EgressConfigError: what is wrong, where, and what would be right.
    """
    given = env.get("EGRESS_DOMAIN", "")
    if given == "":
        return None
    problem = domain_problem(given)
    if problem:
        raise EgressConfigError(f'EGRESS_DOMAIN "{shown(given)}" {problem}')
    domain = given.lower()
    return Settings(domain, _read_hosts(env.get("EGRESS_HOSTS", ""), domain))


def _read_hosts(given: str, domain: str) -> tuple[str, ...]:
    if given == "":
        return ()
    hosts = []
    for i, entry in enumerate(given.split(",")):
        host = entry.strip(" \t")
        if host == "":
            raise EgressConfigError(f"EGRESS_HOSTS[{i}] is empty; give a host, or leave the comma out")
        problem = host_problem(host, domain)
        if problem:
            raise EgressConfigError(f'EGRESS_HOSTS[{i}] "{shown(host)}" {problem}')
        hosts.append(host.lower())
    return tuple(hosts)
