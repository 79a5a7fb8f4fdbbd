import assert from "node:assert/strict";
import type { ClientResponse } from "./response";
import { number, oneOrMore, optional, text } from "./shape";

/** What every kind with requests can expect of the response. */
export const RESPONSE_FIELDS = {
  status: number,
  failure: optional(text),
  detail: optional(oneOrMore(text)),
  received: optional(oneOrMore(text)),
  body: optional(text),
};

export interface ExpectedResponse {
  readonly status: number;
  readonly failure: string | undefined;
  readonly detail: readonly string[] | undefined;
  readonly received: readonly string[] | undefined;
  readonly body: string | undefined;
}

/** Compares a response with what is expected of it. */
export function checkResponse(response: ClientResponse, expect: ExpectedResponse): void {
  const { text: received, body, status } = response;
  const failure = /details="([^"]+)"/.exec(received)?.[1];
  assert.deepEqual(
    { status, failure },
    { status: expect.status, failure: expect.failure },
    `status and failure of: ${received.slice(0, 2_000)}`,
  );
  if (expect.failure !== undefined) {
    assert.match(received, /^Content-Type: application\/problem\+json; charset=utf-8\r$/m);
    assert.match(received, /^Proxy-Status: k8s-egress; error=[a-z_]+; details="/m);
    const { detail } = JSON.parse(body) as { detail: string };
    for (const fragment of expect.detail ?? []) {
      assert.ok(detail.includes(fragment), `the detail has no "${fragment}": ${detail}`);
    }
  } else assert.equal(expect.detail, undefined, "a detail is expected, but no failure");
  for (const fragment of expect.received ?? []) {
    assert.ok(received.includes(fragment), `the response has no "${fragment}": ${received}`);
  }
  if (expect.body !== undefined) assert.equal(body, expect.body);
  assert.equal(response.rest, "", "bytes behind the response");
}
