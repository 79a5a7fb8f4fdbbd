"""For httpx: ``httpx.Client(transport=EgressTransport())``, ``httpx.AsyncClient(transport=AsyncEgressTransport())``."""

from __future__ import annotations

import httpx

from .httpx_transports import transports

EgressTransport, AsyncEgressTransport = transports(httpx)
