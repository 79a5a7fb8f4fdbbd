"""The server's side of OAuth 1 by oauthlib: reads a request as JSON, prints whether its signature is right."""

import json
import sys

from oauthlib.oauth1 import RequestValidator, ResourceEndpoint


class Validator(RequestValidator):
    client_key_length = nonce_length = access_token_length = (5, 60)
    dummy_client = dummy_access_token = "dummy"

    def validate_client_key(self, client_key, request):
        return client_key == "clientKeyOfTwentyChars"

    def validate_access_token(self, client_key, token, request):
        return token == "token"

    def validate_timestamp_and_nonce(self, *_, **__):
        return True

    def validate_realms(self, *_, **__):
        return True

    def get_client_secret(self, client_key, request):
        return "client-secret"

    def get_access_token_secret(self, client_key, token, request):
        return "token-secret"

    def check_access_token(self, request_token):
        return True


given = json.load(sys.stdin)
endpoint = ResourceEndpoint(Validator())
valid, _ = endpoint.validate_protected_resource_request(
    given["url"], http_method=given["method"], body=given["body"], headers=given["headers"]
)
print(json.dumps(valid))
