"""What is raised, and the texts that all clients share."""

from __future__ import annotations

import socket


class EgressConfigError(ValueError):
    """EGRESS_DOMAIN or EGRESS_HOSTS is wrong: the program must not start."""


class EgressError(Exception):
    """A request that was not sent, and why."""


def unresolved_text(host: str, domain: str) -> str:
    return (
        f"{host}.{domain} does not resolve, so the request to https://{host} was not sent. "
        f'EGRESS_DOMAIN is "{domain}", which resolves inside the cluster only, and only for hosts in the '
        f"EgressProxy's upstreams. Outside the cluster unset EGRESS_DOMAIN; inside, add \"{host}\" to the upstreams, "
        "or leave it out of EGRESS_HOSTS."
    )


def other_host_text(host: str, header: str) -> str:
    return (
        f'The request to https://{host} has the header field "Host: {header}". The egress proxy chooses the '
        f'upstream by Host, so the request was not sent; leave Host out, or make it "{host}".'
    )


def is_unresolved(error: BaseException | None) -> bool:
    """Whether an error, or one that it was raised from, is a name that does not resolve."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        if isinstance(error, socket.gaierror):
            return True
        seen.add(id(error))
        error = error.__cause__ or error.__context__
    return False
