"""For httpx2, which OpenAI's library uses: as for_httpx."""

from __future__ import annotations

import httpx2

from .httpx_transports import transports

EgressTransport, AsyncEgressTransport = transports(httpx2)
