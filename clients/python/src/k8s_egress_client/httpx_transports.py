"""Transports for httpx, and for httpx2, which has the same interface under another name."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from .egress import EGRESS_PORT, Egress, check_host_header
from .errors import is_unresolved, unresolved_text


def transports(httpx: ModuleType | Any) -> tuple[type[Any], type[Any]]:
    """The transports for synchronous and asynchronous clients of a module."""

    class EgressTransport(httpx.BaseTransport):
        """Sends mapped requests to FOO.EGRESS_DOMAIN, all others by ``direct`` (default: ``httpx.HTTPTransport()``).

        Raises EgressConfigError where a variable is wrong.
        """

        def __init__(self, direct: httpx.BaseTransport | None = None, egress: Egress | None = None) -> None:
            self._egress = egress or Egress()
            self._direct = direct or httpx.HTTPTransport()
            self._plain = httpx.HTTPTransport(trust_env=False)

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            host = mapped_host(self._egress, request)
            if host is None:
                return self._direct.handle_request(request)
            wire = wire_request(httpx, self._egress, request, host)
            try:
                return self._plain.handle_request(wire)
            except httpx.ConnectError as error:
                raise explained(httpx, error, self._egress, request, host) from error

        def close(self) -> None:
            self._plain.close()
            self._direct.close()


    class AsyncEgressTransport(httpx.AsyncBaseTransport):
        """As EgressTransport, for ``httpx.AsyncClient``."""

        def __init__(self, direct: httpx.AsyncBaseTransport | None = None, egress: Egress | None = None) -> None:
            self._egress = egress or Egress()
            self._direct = direct or httpx.AsyncHTTPTransport()
            self._plain = httpx.AsyncHTTPTransport(trust_env=False)

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            host = mapped_host(self._egress, request)
            if host is None:
                return await self._direct.handle_async_request(request)
            wire = wire_request(httpx, self._egress, request, host)
            try:
                return await self._plain.handle_async_request(wire)
            except httpx.ConnectError as error:
                raise explained(httpx, error, self._egress, request, host) from error

        async def aclose(self) -> None:
            await self._plain.aclose()
            await self._direct.aclose()

    return EgressTransport, AsyncEgressTransport


def mapped_host(egress: Egress, request: Any) -> str | None:
    url = request.url
    return egress.mapped(url.scheme, url.raw_host.decode("ascii"), url.port)


def wire_request(httpx: Any, egress: Egress, request: Any, host: str) -> Any:
    """The request that goes to FOO.EGRESS_DOMAIN; the client, its cookies and redirects keep the one they know."""
    check_host_header(host, request.headers.get("host"))
    headers = request.headers.copy()
    headers["Host"] = host
    url = request.url.copy_with(scheme="http", host=egress.name_for(host), port=EGRESS_PORT)
    return httpx.Request(
        request.method, url, headers=headers, stream=request.stream, extensions=request.extensions
    )


def explained(httpx: Any, error: Exception, egress: Egress, request: Any, host: str) -> Any:
    """The same kind of error, for the request that the application knows."""
    text = unresolved_text(host, egress.domain or "") if is_unresolved(error) else str(error)
    return httpx.ConnectError(text, request=request)
