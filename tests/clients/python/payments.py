"""Stripe's SDK."""

import stripe
from check import check, denied, egress, equal

stripe.api_key = "sk_test_1"
stripe.api_base = egress("api.stripe.com")


@check("create with idempotency key")
def _():
    customer = stripe.Customer.create(email="a@example.com", metadata={"order": "7&8"}, idempotency_key="k1")
    equal(customer.id, "cus_1")


@check("list by cursor")
def _():
    equal([item.id for item in stripe.Customer.list(limit=2).auto_paging_iter()], ["cus_1", "cus_2", "cus_3"])


@check("error of the vendor")
def _():
    try:
        stripe.Charge.create(amount=1, currency="eur")
    except stripe.CardError as error:
        equal((error.code, error.http_status), ("card_declined", 402))
        return
    raise AssertionError("there was no error")


@check("403 of the proxy")
def _():
    denied(stripe.Balance.retrieve)
