"""For botocore and boto3: ``attach(client)``. Requests are signed for https://FOO before they are mapped."""

from __future__ import annotations

from typing import Any

from botocore.awsrequest import AWSHTTPConnectionPool
from botocore.exceptions import EndpointConnectionError
from botocore.httpsession import URLLib3Session

from .egress import Egress
from .errors import EgressError, is_unresolved, unresolved_text
from .plain_pools import PlainPools


class EgressSession(URLLib3Session):
    """The session of mapped requests: the same errors, time limits and retries as botocore's own."""

    def __init__(self, egress: Egress, timeout: Any = None, max_pool_connections: int = 10) -> None:
        super().__init__(timeout=timeout, max_pool_connections=max_pool_connections)
        self._egress = egress
        self._plain = PlainPools(
            egress, AWSHTTPConnectionPool, timeout=self._timeout, maxsize=max_pool_connections
        )

    def _get_connection_manager(self, url: str, proxy_url: str | None = None) -> Any:
        return self._plain

    def send(self, request: Any) -> Any:
        try:
            return super().send(request)
        except EndpointConnectionError as error:
            # Its text names the URL alone. Not an error that botocore tries again: the name will not come to resolve.
            if not is_unresolved(error):
                raise
            host = self._egress.mapped_url(request.url) or ""
            raise EgressError(unresolved_text(host, self._egress.domain or "")) from error
        except Exception as error:
            reason = getattr(error, "kwargs", {}).get("error")
            if isinstance(reason, EgressError):
                raise reason from None
            raise

    def close(self) -> None:
        self._plain.clear()
        super().close()


def attach(client: Any, egress: Egress | None = None) -> None:
    """Makes a client of botocore or boto3 send mapped requests to FOO.EGRESS_DOMAIN; its other requests go out as ever.

    Raises EgressConfigError where a variable is wrong.
    """
    chosen = egress or Egress()
    if chosen.domain is None:
        return
    config = client.meta.config
    session = EgressSession(
        chosen, (config.connect_timeout, config.read_timeout), config.max_pool_connections
    )

    def send_mapped(request: Any, **_: Any) -> Any:
        return None if chosen.mapped_url(request.url) is None else session.send(request)

    client.meta.events.register("before-send", send_mapped)
