"""The ways to send a request that the tests try: a class each, used as a context, with ``send``."""

import asyncio
from contextlib import AsyncExitStack
from types import SimpleNamespace

import aiohttp
import httpx
import requests
from k8s_egress_client.for_aiohttp import EgressConnector
from k8s_egress_client.for_httpx import AsyncEgressTransport, EgressTransport
from k8s_egress_client.for_requests import EgressAdapter


class ByRequests:
    def __init__(self, egress):
        self.session = requests.Session()
        self.session.mount("https://", EgressAdapter(egress=egress))

    def send(self, url, method="GET", body=None, headers=None):
        response = self.session.request(method, url, data=body, headers=headers)
        return SimpleNamespace(status=response.status_code, json=response.json(), url=response.url)

    def close(self):
        self.session.close()


class ByHttpx:
    def __init__(self, egress):
        self.client = httpx.Client(transport=EgressTransport(egress=egress), follow_redirects=True)

    def send(self, url, method="GET", body=None, headers=None):
        response = self.client.request(method, url, content=body, headers=headers)
        return SimpleNamespace(status=response.status_code, json=response.json(), url=str(response.url))

    def close(self):
        self.client.close()


class Async:
    """Runs a client on a loop of its own, in the test's thread."""

    def __init__(self, egress):
        self.loop = asyncio.new_event_loop()
        self.stack = AsyncExitStack()
        self.client = self.loop.run_until_complete(self.open(egress))

    def send(self, *arguments, **options):
        return self.loop.run_until_complete(self.one(*arguments, **options))

    def send_many(self, urls):
        async def all_at_once():
            return await asyncio.gather(*(self.one(url) for url in urls))

        return self.loop.run_until_complete(all_at_once())

    def close(self):
        self.loop.run_until_complete(self.stack.aclose())
        self.loop.close()


class ByAsyncHttpx(Async):
    async def open(self, egress):
        client = httpx.AsyncClient(transport=AsyncEgressTransport(egress=egress), follow_redirects=True)
        return await self.stack.enter_async_context(client)

    async def one(self, url, method="GET", body=None, headers=None):
        response = await self.client.request(method, url, content=body, headers=headers)
        return SimpleNamespace(status=response.status_code, json=response.json(), url=str(response.url))


class ByAiohttp(Async):
    async def open(self, egress):
        connector = EgressConnector(egress=egress)
        return await self.stack.enter_async_context(aiohttp.ClientSession(connector=connector))

    async def one(self, url, method="GET", body=None, headers=None):
        async with self.client.request(method, url, data=body, headers=headers) as response:
            return SimpleNamespace(
                status=response.status, json=await response.json(), url=str(response.url)
            )


WAYS = [ByRequests, ByHttpx, ByAsyncHttpx, ByAiohttp]
