"""For aiohttp: ``aiohttp.ClientSession(connector=EgressConnector())``."""

from __future__ import annotations

import copy
from typing import Any

import aiohttp
from yarl import URL

from .egress import EGRESS_PORT, Egress, check_host_header
from .errors import is_unresolved, unresolved_text


class EgressConnector(aiohttp.TCPConnector):
    """Connects mapped requests to FOO.EGRESS_DOMAIN, and all others as ever. ``options`` are those of TCPConnector.

    Raises EgressConfigError where a variable is wrong.
    """

    def __init__(self, *, egress: Egress | None = None, **options: Any) -> None:
        self._egress = egress or Egress()
        super().__init__(**options)

    async def connect(self, req: Any, traces: Any, timeout: Any) -> Any:
        check(self._egress, req)
        return await super().connect(req, traces, timeout)

    async def _create_connection(self, req: Any, traces: Any, timeout: Any) -> Any:
        host = mapped_host(self._egress, req)
        if host is None:
            return await super()._create_connection(req, traces, timeout)
        return await connect_plainly(self, self._egress, host, req, traces, timeout)


def mapped_host(egress: Egress, req: Any) -> str | None:
    return egress.mapped(req.url.scheme, req.url.raw_host, req.url.port)


def check(egress: Egress, req: Any) -> None:
    """Compares Host before a connection is chosen, and writes it in the form that the proxy compares."""
    host = mapped_host(egress, req)
    if host is not None:
        check_host_header(host, req.headers.get("Host"))
        req.headers["Host"] = host


async def connect_plainly(
    connector: aiohttp.TCPConnector, egress: Egress, host: str, req: Any, traces: Any, timeout: Any
) -> Any:
    """The connection of a mapped request. The pool's key, redirects and cookies stay those of https://FOO."""
    wire = copy.copy(req)
    wire.url = URL.build(scheme="http", host=egress.name_for(host), port=EGRESS_PORT)
    try:
        _, protocol = await connector._create_direct_connection(wire, traces, timeout)
    except aiohttp.ClientConnectorError as error:
        if not is_unresolved(error) and not isinstance(
            error, getattr(aiohttp, "ClientConnectorDNSError", ())
        ):
            raise
        reason = OSError(error.errno, unresolved_text(host, egress.domain or ""))
        raise aiohttp.ClientConnectorError(req.connection_key, reason) from error
    return protocol
