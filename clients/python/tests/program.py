"""An application that nobody changes: it knows nothing of the egress proxy. Prints what each request found."""

import asyncio
import json
import sys

import aiohttp
import botocore.session
import httpx
import requests
from botocore.config import Config

URL = "https://api.stripe.com/v1"


def by_requests():
    return requests.post(URL, data="x").json()["host"]


def by_httpx():
    return httpx.post(URL, content="x").json()["host"]


def by_async_httpx():
    async def send():
        async with httpx.AsyncClient() as client:
            return (await client.post(URL, content="x")).json()["host"]

    return asyncio.run(send())


def by_aiohttp():
    async def send():
        async with aiohttp.ClientSession() as session, session.post(URL, data="x") as response:
            return (await response.json())["host"]

    return asyncio.run(send())


def by_botocore():
    session = botocore.session.Session()
    session.set_credentials("AKIAIOSFODNN7EXAMPLE", "secret")
    client = session.create_client(
        "dynamodb",
        region_name="eu-west-1",
        endpoint_url="https://api.stripe.com",
        config=Config(retries={"total_max_attempts": 1}),
    )
    hosts = []
    client.meta.events.register("before-parse", lambda response_dict, **_: hosts.append(json.loads(response_dict["body"])))
    client.list_tables()
    return hosts[0]["host"]


found = {"argv": sys.argv[1:]}
for way in (by_requests, by_httpx, by_async_httpx, by_aiohttp, by_botocore):
    try:
        found[way.__name__] = way()
    except Exception as error:
        found[way.__name__] = str(error)
print(json.dumps(found))
