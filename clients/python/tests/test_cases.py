import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from k8s_egress_client import Egress, EgressConfigError
from k8s_egress_client.errors import other_host_text, unresolved_text

CASES = json.loads((Path(__file__).parents[2] / "cases.json").read_text("utf-8"))


def environment(case):
    names = {"domain": "EGRESS_DOMAIN", "hosts": "EGRESS_HOSTS"}
    return {name: case[key] for key, name in names.items() if key in case}


@pytest.mark.parametrize("case", CASES["settings"], ids=lambda case: case["why"])
def test_settings(case):
    if "error" in case:
        with pytest.raises(EgressConfigError) as raised:
            Egress(environment(case))
        assert str(raised.value) == case["error"]
        return
    egress = Egress(environment(case))
    found = None if egress.domain is None else {"domain": egress.domain, "hosts": list(egress.hosts)}
    assert found == case["normal"]


@pytest.mark.parametrize("case", CASES["urls"], ids=lambda case: case["why"])
def test_urls(case):
    egress = Egress(environment(case))
    host = egress.mapped_url(case["url"])
    parts = urlsplit(case["url"])
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    assert (f"http://{egress.name_for(host)}{target}" if host else "direct") == case["expect"]


def test_unresolved():
    case = CASES["failures"]["unresolved"]
    assert unresolved_text(case["host"], case["domain"]) == case["text"]


def test_other_host():
    case = CASES["failures"]["otherHost"]
    assert other_host_text(case["host"], case["header"]) == case["text"]
