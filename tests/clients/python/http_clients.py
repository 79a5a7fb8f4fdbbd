"""Plain HTTP clients: each one as a function of method, path and what is sent, to status and text."""

import asyncio
import hashlib
import json
import sys
import urllib.error
import urllib.request

from check import DENIED, check, egress, equal

BASE = egress("api.example.com")
JSON = {"content-type": "application/json"}


class Requests:
    redirects = decodes = cookies = True

    def __init__(self):
        import requests

        self.session = requests.Session()

    def send(self, method, path, value=None, stream=None):
        response = self.session.request(method, BASE + path, json=value, data=stream)
        return response.status_code, response.text


class Httpx:
    redirects = decodes = cookies = True

    def __init__(self):
        import httpx

        self.client = httpx.Client(base_url=BASE, follow_redirects=True)

    def send(self, method, path, value=None, stream=None):
        response = self.client.request(method, path, json=value, content=stream)
        return response.status_code, response.text


class Aiohttp:
    redirects = decodes = cookies = True

    def __init__(self):
        import aiohttp

        self.aiohttp = aiohttp
        self.loop = asyncio.new_event_loop()
        self.jar = None

    def send(self, method, path, value=None, stream=None):
        return self.loop.run_until_complete(self._send(method, path, value, stream))

    async def _send(self, method, path, value, stream):
        self.jar = self.jar or self.aiohttp.CookieJar()
        data = None if stream is None else pieces_async(stream)
        async with self.aiohttp.ClientSession(cookie_jar=self.jar) as session:
            async with session.request(method, BASE + path, json=value, data=data) as response:
                return response.status, await response.text()


class Urllib3:
    redirects = decodes = True
    cookies = False

    def __init__(self):
        import urllib3

        self.pool = urllib3.PoolManager(headers={"accept-encoding": "gzip"})

    def send(self, method, path, value=None, stream=None):
        body = stream if value is None else json.dumps(value).encode()
        headers = {"accept-encoding": "gzip", **(JSON if value is not None else {})}
        response = self.pool.request(method, BASE + path, body=body, headers=headers)
        return response.status, response.data.decode()


class Urllib:
    redirects = True
    decodes = cookies = False

    def send(self, method, path, value=None, stream=None):
        data = stream if value is None else json.dumps(value).encode()
        request = urllib.request.Request(BASE + path, data=data, headers=JSON, method=method)
        try:
            with urllib.request.urlopen(request) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()


async def pieces_async(stream):
    for piece in stream:
        yield piece


CLIENTS = {"requests": Requests, "httpx": Httpx, "aiohttp": Aiohttp, "urllib3": Urllib3, "urllib": Urllib}
client = CLIENTS[sys.argv[1]]()
send = client.send


@check("GET")
def _():
    status, text = send("GET", "/v1/items?a=b%20c&d")
    equal((status, json.loads(text)), (200, {"items": [1, 2], "query": "?a=b%20c&d"}))


@check("HEAD")
def _():
    equal(send("HEAD", "/v1/items"), (200, ""))


@check("DELETE, 204")
def _():
    equal(send("DELETE", "/v1/items"), (204, ""))


@check("POST of JSON")
def _():
    status, text = send("POST", "/v1/items", {"name": "Grüße"})
    equal((status, json.loads(text)), (201, {"received": {"name": "Grüße"}}))


@check("PUT of a stream")
def _():
    status, text = send("PUT", "/v1/upload", stream=(b"x" * 65_536 for _ in range(16)))
    sha256 = hashlib.sha256(b"x" * 1_048_576).hexdigest()
    equal((status, json.loads(text)), (200, {"bytes": 1_048_576, "sha256": sha256, "chunked": True}))


if client.decodes:

    @check("gzip")
    def _():
        equal(len(json.loads(send("GET", "/v1/gzip")[1])["text"]), 10_000)


@check("redirect")
def _():
    status, text = send("GET", "/v1/redirect")
    equal((status, json.loads(text)["query"]), (200, "?from=redirect"))


@check("response in pieces")
def _():
    equal(send("GET", "/v1/stream")[1], "data: one\n\ndata: two\n\ndata: three\n\n")


if client.cookies:

    @check("session by cookie")
    def _():
        equal(send("POST", "/v1/login", {})[0], 204)
        equal(send("GET", "/v1/account"), (200, '{"account":"ada"}'))


@check("404 of the vendor")
def _():
    status, text = send("GET", "/v1/nothing")
    equal((status, "nothing is at" in text), (404, True))


@check("403 of the proxy")
def _():
    status, text = send("GET", "/v2/items")
    equal((status, bool(DENIED.search(text))), (403, True))
