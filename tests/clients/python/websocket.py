"""aiohttp's WebSocket client."""

import asyncio

import aiohttp
from check import check, egress, equal

BASE = egress("realtime.example.com")


async def round_trip(path):
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(BASE + path) as socket:
            await socket.send_str("Grüße")
            return (await socket.receive(timeout=5)).data


@check("a message there and back")
def _():
    equal(asyncio.run(round_trip("/v1/realtime")), "Grüße")


@check("403 of the proxy")
def _():
    try:
        asyncio.run(round_trip("/v2/realtime"))
    except aiohttp.WSServerHandshakeError as error:
        equal((error.status, "k8s-egress" in str(error.headers)), (403, True))
        return
    raise AssertionError("there was no error")
