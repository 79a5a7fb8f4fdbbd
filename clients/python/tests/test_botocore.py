"""botocore signs for https://FOO, and what it has signed arrives."""

import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError
from k8s_egress_client import Egress, EgressError
from k8s_egress_client.for_botocore import attach

HOST = "dynamodb.eu-west-1.amazonaws.com"


def make_client(egress):
    session = botocore.session.Session()
    session.set_credentials("AKIAIOSFODNN7EXAMPLE", "secret")
    client = session.create_client(
        "dynamodb",
        region_name="eu-west-1",
        config=Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=5),
    )
    attach(client, egress)
    return client


def test_signs_for_https_and_sends_in_the_clear(proxy):
    proxy.upstreams = [HOST]
    client = make_client(Egress({"EGRESS_DOMAIN": "egress.local"}))
    signed = []
    client.meta.events.register_last("before-send", lambda request, **_: signed.append(request))
    client.list_tables()
    seen = proxy.seen[0]
    assert seen["host"] == [HOST]
    assert "SignedHeaders=content-type;host;" in seen["authorization"]
    assert signed[0].url == f"https://{HOST}/"
    assert signed[0].headers["Authorization"].decode() == seen["authorization"]
    assert set(proxy.asked) == {f"{HOST}.egress.local:80"}


def test_says_why_a_name_does_not_resolve(proxy):
    client = make_client(Egress({"EGRESS_DOMAIN": "egress.local"}))
    with pytest.raises(EgressError, match=f"{HOST}.egress.local does not resolve"):
        client.list_tables()


@pytest.mark.parametrize("env", [{}, {"EGRESS_DOMAIN": "egress.local", "EGRESS_HOSTS": "a.example.com"}])
def test_goes_out_directly(proxy, env):
    with pytest.raises(EndpointConnectionError):
        make_client(Egress(env)).list_tables()
    assert set(proxy.asked) == {f"{HOST}:443"}
