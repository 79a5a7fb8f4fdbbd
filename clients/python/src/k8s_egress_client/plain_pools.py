"""Pools of urllib3, which requests and botocore share, that connect to FOO.EGRESS_DOMAIN and say ``Host: FOO``."""

from __future__ import annotations

from typing import Any

from urllib3 import HTTPConnectionPool, PoolManager
from urllib3.exceptions import NewConnectionError

from .egress import EGRESS_PORT, Egress, check_host_header
from .errors import is_unresolved, unresolved_text


class PlainPools:
    """A pool for each mapped host. ``options`` are those of PoolManager, ``base`` the pool to derive from."""

    def __init__(self, egress: Egress, base: type[HTTPConnectionPool] = HTTPConnectionPool, **options: Any) -> None:
        self._egress = egress
        self._manager = PoolManager(**options)
        self._manager.pool_classes_by_scheme = {"http": _pool_class(egress, base)}

    def pool_for(self, host: str) -> HTTPConnectionPool:
        return self._manager.connection_from_host(host, EGRESS_PORT, "http")

    def connection_from_url(self, url: str) -> HTTPConnectionPool:
        host = self._egress.mapped_url(url)
        if host is None:
            raise ValueError(f"{url} is not mapped")
        return self.pool_for(host)

    def clear(self) -> None:
        self._manager.clear()


def _pool_class(egress: Egress, base: type[HTTPConnectionPool]) -> type[HTTPConnectionPool]:
    class Connection(base.ConnectionCls):  # type: ignore[misc, name-defined]
        def _new_conn(self) -> Any:
            # urllib3 resolves _dns_host, and everything else, Host among it, is made from the host.
            host = self._dns_host
            self._dns_host = egress.name_for(host)
            try:
                return super()._new_conn()
            except Exception as error:
                if is_unresolved(error):
                    raise NewConnectionError(self, unresolved_text(host, egress.domain or "")) from error
                raise
            finally:
                self._dns_host = host

    class Pool(base):  # type: ignore[misc, valid-type]
        ConnectionCls = Connection

        def urlopen(self, method: str, url: str, body: Any = None, headers: Any = None, **options: Any) -> Any:
            for name in [name for name in headers or () if name.lower() in ("host", b"host")]:
                check_host_header(self.host, headers[name])
                # Written by the connection, in the form that the proxy compares.
                headers = headers.copy()
                del headers[name]
            return super().urlopen(method, url, body, headers, **options)

    return Pool
