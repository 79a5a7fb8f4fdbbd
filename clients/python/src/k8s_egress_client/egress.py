"""Which requests go through the egress proxy."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from .errors import EgressError, other_host_text
from .names import MAX_LENGTH, is_hostname, is_private, is_within
from .settings import read_settings

# The only port that mapped requests go to.
EGRESS_PORT = 80


class Egress:
    """The decisions that EGRESS_DOMAIN and EGRESS_HOSTS make; ``env`` is ``os.environ`` by default.

    Raises EgressConfigError where a variable is wrong.
    """

    def __init__(self, env: Mapping[str, str] | None = None) -> None:
        self._settings = read_settings(os.environ if env is None else env)

    @property
    def domain(self) -> str | None:
        """The domain in lower case; None where EGRESS_DOMAIN is unset or empty."""
        return self._settings.domain if self._settings else None

    @property
    def hosts(self) -> tuple[str, ...]:
        """The entries of EGRESS_HOSTS in lower case; empty means all hosts."""
        return self._settings.hosts if self._settings else ()

    def mapped(self, scheme: str, hostname: str | None, port: int | None) -> str | None:
        """The host in lower case whose requests go to ``<host>.<domain>``, or None: the request goes out directly."""
        if self._settings is None or scheme not in ("https", "wss") or port not in (None, 443):
            return None
        domain, hosts = self._settings
        host = (hostname or "").lower()
        if host.endswith("."):
            host = host[:-1]
        if "." not in host or not is_hostname(host) or len(host) + 1 + len(domain) > MAX_LENGTH:
            return None
        if is_within(host, "localhost") or is_within(host, domain):
            return None
        chosen = any(_covers(entry, host) for entry in hosts) if hosts else not is_private(host)
        return host if chosen else None

    def mapped_url(self, url: str) -> str | None:
        """As ``mapped``, of a URL."""
        parts = urlsplit(url)
        return self.mapped(parts.scheme.lower(), parts.hostname, parts.port)

    def name_for(self, host: str) -> str:
        """The name to connect to for a host that is mapped."""
        return f"{host}.{self.domain}"


def check_host_header(host: str, header: str | bytes | None) -> None:
    """The proxy sends a request to the upstream that Host names, whatever name was connected to.

    Raises EgressError where the application has set another Host.
    """
    if header is None:
        return
    given = header.decode("latin-1") if isinstance(header, bytes) else header
    name = re.sub(r"\.?(?::443)?$", "", given.lower())
    if name != host:
        raise EgressError(other_host_text(host, given))


def _covers(entry: str, host: str) -> bool:
    return host.endswith(entry[1:]) if entry.startswith("*.") else host == entry
