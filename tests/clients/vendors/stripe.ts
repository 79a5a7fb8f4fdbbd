import { type Vendor, demand, form, only, sendJson } from "../stage/vendor";

const customer = (id: string, fields: object = {}) => ({ id, object: "customer", ...fields });

/** Stripe: forms in, idempotency keys, lists by cursor, errors with a code. */
export const stripe: Vendor = {
  hosts: ["api.stripe.com"],
  policy: only("/v1/customers", "/v1/customers/*", "/v1/charges"),
  handle(request, response) {
    const { method, url, headers } = request;
    demand(
      ["Bearer sk_test_1", `Basic ${Buffer.from("sk_test_1:").toString("base64")}`].includes(
        headers.authorization ?? "",
      ),
      `Authorization is ${headers.authorization}`,
    );
    switch (`${method} ${url.pathname}`) {
      case "POST /v1/customers": {
        const fields = form(request);
        demand(typeof headers["idempotency-key"] === "string", "there is no Idempotency-Key");
        demand(fields.get("metadata[order]") === "7&8", `the form is ${request.body.toString()}`);
        sendJson(response, customer("cus_1", { email: fields.get("email") }), 200, { "request-id": "req_1" });
        return;
      }
      case "GET /v1/customers": {
        const second = url.searchParams.get("starting_after") === "cus_2";
        const data = second ? [customer("cus_3")] : [customer("cus_1"), customer("cus_2")];
        sendJson(response, { object: "list", url: "/v1/customers", has_more: !second, data });
        return;
      }
      case "DELETE /v1/customers/cus_1":
        sendJson(response, customer("cus_1", { deleted: true }));
        return;
      case "POST /v1/charges":
        sendJson(
          response,
          { error: { type: "card_error", code: "card_declined", message: "Your card was declined." } },
          402,
          { "stripe-should-retry": "false", "request-id": "req_2" },
        );
        return;
      default:
        sendJson(
          response,
          { error: { type: "invalid_request_error", message: "Unrecognized request URL" } },
          404,
        );
    }
  },
};
