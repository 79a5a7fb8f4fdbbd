import socket

import pytest
from proxy import DOMAIN, Proxy


@pytest.fixture
def proxy(monkeypatch):
    started = Proxy()
    monkeypatch.setattr(socket, "getaddrinfo", started.getaddrinfo)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    point_anyio_and_aiohttp(started, monkeypatch)
    yield started
    started.close()


def point_anyio_and_aiohttp(started, monkeypatch):
    """Both take an answer's address but keep the port that they asked for."""
    import aiohttp
    import anyio

    connect_tcp = anyio.connect_tcp

    async def connect(remote_host, remote_port, **options):
        if remote_host.endswith("." + DOMAIN) and remote_port == 80:
            started.getaddrinfo(remote_host, remote_port)
            return await connect_tcp("127.0.0.1", started.port, **options)
        return await connect_tcp(remote_host, remote_port, **options)

    async def resolve(self, host, port=0, family=socket.AF_INET):
        found = started.getaddrinfo(host, port)
        return [
            {
                "hostname": host,
                "host": address[0],
                "port": address[1],
                "family": kind,
                "proto": proto,
                "flags": socket.AI_NUMERICHOST,
            }
            for kind, _, proto, _, address in found
        ]

    monkeypatch.setattr(anyio, "connect_tcp", connect)
    monkeypatch.setattr(aiohttp.ThreadedResolver, "resolve", resolve)
    monkeypatch.setattr(aiohttp.resolver.DefaultResolver, "resolve", resolve)
