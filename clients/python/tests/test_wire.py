"""Each library, against a server in the place of the egress proxy: what arrives there, what the application sees."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from k8s_egress_client import Egress, EgressError
from ways import WAYS


@pytest.fixture(params=WAYS, ids=lambda way: way.__name__)
def way(request):
    opened = []

    def open_way(**env):
        egress = Egress({"EGRESS_DOMAIN": "egress.local", **env})
        opened.append(request.param(egress))
        return opened[-1]

    yield open_way
    for one in opened:
        one.close()


def test_sends_method_path_body_and_host_in_the_clear_to_the_egress_name_alone(proxy, way):
    proxy.upstreams = ["api.stripe.com"]
    found = way().send("https://api.stripe.com/v1/a?b=c", "POST", "amount=1")
    assert found.status == 200
    assert found.url == "https://api.stripe.com/v1/a?b=c"
    assert found.json["method"] == "POST"
    assert found.json["url"] == "/v1/a?b=c"
    assert found.json["host"] == ["api.stripe.com"]
    assert found.json["text"] == "amount=1"
    assert set(proxy.asked) == {"api.stripe.com.egress.local:80"}


def test_keeps_connections_alive_and_many_requests_apart(proxy, way):
    hosts = ["api.stripe.com", "files.example.com"]
    proxy.upstreams = hosts
    client = way()
    for _ in range(5):
        client.send("https://api.stripe.com/first")
    assert len(proxy.connections) == 1
    urls = [f"https://{hosts[i % 2]}/{i}" for i in range(20)]
    if hasattr(client, "send_many"):
        found = client.send_many(urls)
    else:
        with ThreadPoolExecutor(8) as threads:
            found = list(threads.map(client.send, urls))
    for i, one in enumerate(found):
        assert (one.json["host"], one.json["url"]) == ([hosts[i % 2]], f"/{i}")


def test_says_why_a_name_does_not_resolve(proxy, way):
    with pytest.raises(Exception) as raised:
        way().send("https://api.stripe.com/")
    text = str(raised.value)
    assert "api.stripe.com.egress.local does not resolve" in text
    assert "inside the cluster only" in text
    # The library's own kind, so that the application's handlers work.
    assert type(raised.value).__module__.split(".")[0] in ("requests", "httpx", "aiohttp")


def test_sends_nothing_where_the_application_names_another_host(proxy, way):
    proxy.upstreams = ["api.stripe.com", "evil.example"]
    with pytest.raises(EgressError, match='"Host: evil.example"'):
        way().send("https://api.stripe.com/", headers={"Host": "evil.example"})
    assert proxy.seen == []


@pytest.mark.parametrize("host", ["API.stripe.com", "api.stripe.com:443"])
def test_writes_host_as_the_proxy_compares_it(proxy, way, host):
    proxy.upstreams = ["api.stripe.com"]
    assert way().send("https://api.stripe.com/", headers={"Host": host}).json["host"] == ["api.stripe.com"]


@pytest.mark.parametrize(
    ("env", "url"),
    [
        ({"EGRESS_DOMAIN": ""}, "https://api.stripe.com/"),
        ({"EGRESS_HOSTS": "other.example.com"}, "https://api.stripe.com/"),
        ({}, "https://api.stripe.com:8443/"),
        ({}, "http://api.stripe.com/"),
    ],
)
def test_goes_out_directly(proxy, way, env, url):
    proxy.upstreams = ["api.stripe.com"]
    with pytest.raises(Exception) as raised:
        way(**env).send(url)
    assert "EGRESS_DOMAIN" not in str(raised.value)
    port = 8443 if ":8443" in url else 80 if url.startswith("http:") else 443
    assert set(proxy.asked) <= {f"api.stripe.com:{port}"}
    assert proxy.seen == []


@pytest.mark.parametrize(
    ("path", "end"),
    [
        ("start", "https://api.stripe.com/end"),
        ("relative", "https://api.stripe.com/end"),
        ("away", "https://files.example.com/end"),
    ],
)
def test_follows_redirects(proxy, way, path, end):
    proxy.upstreams = ["api.stripe.com", "files.example.com"]
    found = way().send(f"https://api.stripe.com/{path}")
    assert found.url == end
    assert found.json["host"] == [end.split("/")[2]]
    assert all(name.endswith(".egress.local:80") for name in proxy.asked)


def test_keeps_cookies_as_those_of_https(proxy, way):
    proxy.upstreams = ["api.stripe.com"]
    assert way().send("https://api.stripe.com/start").json["cookie"] == "id=1"


def test_never_sends_in_the_clear_to_a_proxy_of_the_environment(proxy, way, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example.com:3128")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.com:3128")
    proxy.upstreams = ["api.stripe.com"]
    assert way().send("https://api.stripe.com/").json["host"] == ["api.stripe.com"]
    assert set(proxy.asked) == {"api.stripe.com.egress.local:80"}
