"""Makes the libraries that are installed use the egress proxy, for applications that nobody can change."""

from __future__ import annotations

import functools
import importlib.util
import weakref
from collections.abc import Mapping
from typing import Any, Callable

from .egress import Egress

_installed: list[str] = []


def install(env: Mapping[str, str] | None = None) -> list[str]:
    """Patches requests, httpx, httpx2, aiohttp and botocore, as far as they are installed, where EGRESS_DOMAIN is set.

    Returns the names of what has been patched; none where EGRESS_DOMAIN is unset. A second call changes nothing.
    Raises EgressConfigError where a variable is wrong.
    """
    egress = Egress(env)
    if egress.domain is None:
        return []
    if not _installed:
        for name, patch in _PATCHES.items():
            if importlib.util.find_spec(name) is not None:
                patch(egress)
                _installed.append(name)
    return list(_installed)


def _patch_requests(egress: Egress) -> None:
    from requests.adapters import HTTPAdapter

    from .for_requests import EgressAdapter

    plain = _for_each(lambda adapter: EgressAdapter(max_retries=adapter.max_retries, egress=egress))
    send = HTTPAdapter.send

    @functools.wraps(send)
    def patched(self: Any, request: Any, *arguments: Any, **options: Any) -> Any:
        if isinstance(self, EgressAdapter) or egress.mapped_url(request.url) is None:
            return send(self, request, *arguments, **options)
        return plain(self).send(request, *arguments, **options)

    HTTPAdapter.send = patched


def _patch_httpx(egress: Egress) -> None:
    import httpx

    _patch_transports(httpx, egress)


def _patch_httpx2(egress: Egress) -> None:
    import httpx2

    _patch_transports(httpx2, egress)


def _patch_transports(httpx: Any, egress: Egress) -> None:
    from .httpx_transports import mapped_host, transports

    EgressTransport, AsyncEgressTransport = transports(httpx)
    # Mapped requests are all that these get, so they need no transport for others.
    plain = _for_each(lambda _: EgressTransport(httpx.BaseTransport(), egress))
    async_plain = _for_each(lambda _: AsyncEgressTransport(httpx.AsyncBaseTransport(), egress))
    handle = httpx.HTTPTransport.handle_request
    handle_async = httpx.AsyncHTTPTransport.handle_async_request

    @functools.wraps(handle)
    def patched(self: Any, request: Any) -> Any:
        if mapped_host(egress, request) is None:
            return handle(self, request)
        return plain(self).handle_request(request)

    @functools.wraps(handle_async)
    async def patched_async(self: Any, request: Any) -> Any:
        if mapped_host(egress, request) is None:
            return await handle_async(self, request)
        return await async_plain(self).handle_async_request(request)

    httpx.HTTPTransport.handle_request = patched
    httpx.AsyncHTTPTransport.handle_async_request = patched_async


def _patch_aiohttp(egress: Egress) -> None:
    from aiohttp import TCPConnector

    from .for_aiohttp import EgressConnector, check, connect_plainly, mapped_host

    connect = TCPConnector.connect
    create = TCPConnector._create_connection

    @functools.wraps(connect)
    async def patched_connect(self: Any, req: Any, traces: Any, timeout: Any) -> Any:
        if not isinstance(self, EgressConnector):
            check(egress, req)
        return await connect(self, req, traces, timeout)

    @functools.wraps(create)
    async def patched_create(self: Any, req: Any, traces: Any, timeout: Any) -> Any:
        host = None if isinstance(self, EgressConnector) else mapped_host(egress, req)
        if host is None:
            return await create(self, req, traces, timeout)
        return await connect_plainly(self, egress, host, req, traces, timeout)

    TCPConnector.connect = patched_connect  # type: ignore[method-assign]
    TCPConnector._create_connection = patched_create  # type: ignore[method-assign]


def _patch_botocore(egress: Egress) -> None:
    from botocore.httpsession import URLLib3Session
    from urllib3.util import Timeout

    from .for_botocore import EgressSession

    def make(session: Any) -> EgressSession:
        limit = session._timeout
        if isinstance(limit, Timeout):
            limit = (limit.connect_timeout, limit.read_timeout)
        return EgressSession(egress, limit, session._max_pool_connections)

    plain = _for_each(make)
    send = URLLib3Session.send

    @functools.wraps(send)
    def patched(self: Any, request: Any) -> Any:
        if isinstance(self, EgressSession) or egress.mapped_url(request.url) is None:
            return send(self, request)
        return plain(self).send(request)

    URLLib3Session.send = patched


def _for_each(make: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """One companion for each object, with the object's life."""
    companions: weakref.WeakKeyDictionary[Any, Any] = weakref.WeakKeyDictionary()

    def companion(owner: Any) -> Any:
        found = companions.get(owner)
        # setdefault: of two threads that make one at once, both use the same.
        return found if found is not None else companions.setdefault(owner, make(owner))

    return companion


_PATCHES = {
    "requests": _patch_requests,
    "httpx": _patch_httpx,
    "httpx2": _patch_httpx2,
    "aiohttp": _patch_aiohttp,
    "botocore": _patch_botocore,
}
