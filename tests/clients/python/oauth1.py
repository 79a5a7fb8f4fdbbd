"""requests-oauthlib: OAuth 1 signs the address that the third party is called by."""

import requests
from check import check, egress, equal
from requests_oauthlib import OAuth1Session

HOST = "api.twitter.example"


class EgressAdapter(requests.adapters.HTTPAdapter):
    """Sends what is signed for https://FOO to http://FOO.egress.local."""

    def send(self, request, **more):
        request.url = request.url.replace(f"https://{HOST}", egress(HOST))
        return super().send(request, **more)


keys = {"resource_owner_key": "token", "resource_owner_secret": "token-secret"}
session = OAuth1Session("clientKeyOfTwentyChars", "client-secret", **keys)
session.mount(f"https://{HOST}", EgressAdapter())


@check("GET with a query")
def _():
    response = session.get(f"https://{HOST}/1.1/search.json?q=a%20b%26c&lang=de")
    equal((response.status_code, response.text), (200, '{"verified":true}'))


@check("POST of a form")
def _():
    response = session.post(f"https://{HOST}/1.1/statuses.json", data={"status": "Grüße & more", "x": ""})
    equal((response.status_code, response.text), (200, '{"verified":true}'))
