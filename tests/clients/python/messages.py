"""SDKs of Slack, Twilio, SendGrid and Sentry."""

import sys
import urllib.request
from urllib.parse import urlsplit

from check import check, denied, egress, equal


def slack_checks():
    import slack_sdk

    client = slack_sdk.WebClient("xoxb-1", base_url=egress("slack.com") + "/api/")

    @check("post a message")
    def _():
        answer = client.chat_postMessage(channel="C1", text="Grüße & more")
        equal(answer["message"]["text"], "Grüße & more")

    @check("pages by cursor")
    def _():
        pages = client.conversations_list()
        equal([page["channels"][0]["id"] for page in pages], ["C1", "C2"])

    @check("error of the vendor")
    def _():
        try:
            client.auth_test()
        except slack_sdk.errors.SlackApiError as error:
            equal(error.response["error"], "invalid_auth")
            return
        raise AssertionError("there was no error")

    @check("403 of the proxy")
    def _():
        denied(client.users_list)


def twilio_checks():
    from twilio.base.exceptions import TwilioRestException
    from twilio.http.http_client import TwilioHttpClient
    from twilio.rest import Client

    class EgressClient(TwilioHttpClient):
        """Twilio's own HTTP client, but for the address."""

        def request(self, method, url, *args, **more):
            parts = urlsplit(url)
            return super().request(method, egress(parts.netloc) + parts.path, *args, **more)

    client = Client("AC" + "0" * 32, "token", http_client=EgressClient())

    @check("send a message")
    def _():
        message = client.messages.create(to="+15005550006", from_="+15005550001", body="Grüße")
        equal((message.sid, message.body), ("SM1", "Grüße"))

    @check("error of the vendor")
    def _():
        try:
            client.messages.create(to="1", from_="+15005550001", body="x")
        except TwilioRestException as error:
            equal((error.status, error.code), (400, 21211))
            return
        raise AssertionError("there was no error")

    @check("403 of the proxy")
    def _():
        denied(client.calls.list)


def sendgrid_checks():
    from sendgrid import SendGridAPIClient
    from sendgrid.helpers.mail import Mail

    client = SendGridAPIClient("SG.1", host=egress("api.sendgrid.com"))
    message = {"from_email": "b@example.com", "to_emails": "a@example.com", "plain_text_content": "hello"}

    @check("send")
    def _():
        equal(client.send(Mail(subject="Grüße", **message)).status_code, 202)

    @check("403 of the proxy")
    def _():
        denied(client.client.templates.get, lambda error: error.body.decode())


def sentry_checks():
    import sentry_sdk

    vendor = egress("o2.ingest.sentry.io")
    sentry_sdk.init(f"http://abc@{urlsplit(vendor).netloc}/42", default_integrations=False)

    @check("an event")
    def _():
        sentry_sdk.capture_message("boom of Python")
        sentry_sdk.flush(5)
        with urllib.request.urlopen(vendor + "/received") as response:
            equal(b"boom of Python" in response.read(), True)


CHECKS = {"slack": slack_checks, "twilio": twilio_checks, "sendgrid": sendgrid_checks, "sentry": sentry_checks}
CHECKS[sys.argv[1]]()
