"""For requests: ``session.mount("https://", EgressAdapter())``."""

from __future__ import annotations

from typing import Any

from requests.adapters import HTTPAdapter

from .egress import Egress
from .plain_pools import PlainPools


class EgressAdapter(HTTPAdapter):
    """Sends mapped requests to FOO.EGRESS_DOMAIN, never by a proxy of the environment, and all others as ever.

    ``options`` are those of HTTPAdapter. Raises EgressConfigError where a variable is wrong.
    """

    def __init__(self, *options: Any, egress: Egress | None = None, **more: Any) -> None:
        self._egress = egress or Egress()
        super().__init__(*options, **more)
        self._plain = PlainPools(
            self._egress,
            num_pools=self._pool_connections,
            maxsize=self._pool_maxsize,
            block=self._pool_block,
        )

    def get_connection_with_tls_context(self, request: Any, *arguments: Any, **options: Any) -> Any:
        host = self._egress.mapped_url(request.url)
        if host is not None:
            # Whatever the proxies: one of the environment would see the request in the clear.
            return self._plain.pool_for(host)
        return super().get_connection_with_tls_context(request, *arguments, **options)

    def get_connection(self, url: str, proxies: Any = None) -> Any:
        # requests before 2.32 calls this one.
        host = self._egress.mapped_url(url)
        return super().get_connection(url, proxies) if host is None else self._plain.pool_for(host)

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        if self._egress.mapped_url(url) is None:
            super().cert_verify(conn, url, verify, cert)

    def close(self) -> None:
        self._plain.clear()
        super().close()
