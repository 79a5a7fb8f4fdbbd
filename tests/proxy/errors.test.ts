import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { classify } from "../../proxy-image/src/proxy/errors/classify";
import * as declared from "../../proxy-image/src/proxy/errors/failures";
import type { Failure } from "../../proxy-image/src/proxy/errors/failures";

const README = "proxy-image/src/proxy/errors/README.md";
const failures = Object.values(declared).filter((value): value is Failure => typeof value === "object");

/** Types of RFC 9209 §2.3. */
const PROXY_ERRORS = new Set(
  (
    "dns_timeout dns_error destination_not_found destination_unavailable destination_ip_prohibited " +
    "destination_ip_unroutable connection_refused connection_terminated connection_timeout " +
    "connection_read_timeout connection_write_timeout connection_limit_reached tls_protocol_error " +
    "tls_certificate_error tls_alert_received http_request_error http_request_denied http_response_incomplete " +
    "http_response_header_section_size http_response_header_size http_response_body_size " +
    "http_response_trailer_section_size http_response_trailer_size http_response_transfer_coding " +
    "http_response_content_coding http_response_timeout http_upgrade_failed http_protocol_error " +
    "proxy_internal_response proxy_internal_error proxy_configuration_error proxy_loop_detected"
  ).split(" "),
);

/** The part of the explanation that one failure has. */
function section({ name, status, title, advice, proxyStatus }: Failure): string {
  return `### ${name}\n\n${status}, \`Proxy-Status: error=${proxyStatus}\`. ${title} ${advice}\n`;
}

describe("failures", () => {
  it("are explained, each under its name, in the words of the answer", () => {
    const text = readFileSync(README, "utf8");
    const missing = failures.map(section).filter((part) => !text.includes(part));
    assert.deepEqual(missing, [], `${README} lacks these`);
    assert.equal(
      text.match(/^### /gm)?.length,
      failures.length,
      `${README} has sections of failures that are gone`,
    );
  });

  it("have a gRPC status, and the table of these is whole", () => {
    const text = readFileSync(README, "utf8");
    const rows = [...text.matchAll(/^\| (\d{3}) +\| ([A-Z_]+) \((\d+)\) +\|$/gm)].map(
      ([, status, name, code]) => [Number(status), name, Number(code)] as const,
    );
    for (const { name, status, grpcStatus } of failures) {
      assert.deepEqual(
        rows.find(([row]) => row === status),
        [status, grpcStatus.name, grpcStatus.code],
        name,
      );
      // 0 is OK.
      assert.ok(grpcStatus.code > 0 && grpcStatus.code <= 16, name);
    }
    const statuses = new Set(failures.map(({ status }) => status));
    assert.deepEqual(
      rows.map(([status]) => status),
      [...statuses].sort(),
      "a row for each status, and no other",
    );
  });

  it("have names of their own, RFC 9209's types, and statuses that are errors", () => {
    assert.equal(new Set(failures.map(({ name }) => name)).size, failures.length);
    for (const { name, status, proxyStatus } of failures) {
      assert.match(name, /^[a-z][a-z0-9]*(?:-[a-z]+)*$/);
      assert.ok(PROXY_ERRORS.has(proxyStatus), `${name}: ${proxyStatus}`);
      assert.ok(status >= 400 && status < 600, name);
    }
  });

  for (const [code, name] of [
    ["ECONNREFUSED", "connection-refused"],
    ["ECONNRESET", "connection-terminated"],
    ["EHOSTUNREACH", "destination-unroutable"],
    ["ETIMEDOUT", "connection-timeout"],
    ["CERT_HAS_EXPIRED", "certificate-invalid"],
    ["CERT_NOT_YET_VALID", "certificate-invalid"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "certificate-invalid"],
    ["SELF_SIGNED_CERT_IN_CHAIN", "certificate-invalid"],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "certificate-invalid"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "certificate-invalid"],
    ["ERR_SSL_WRONG_VERSION_NUMBER", "tls-failed"],
    ["EPROTO", "tls-failed"],
    ["MALFORMED_MESSAGE", "response-malformed"],
    ["SECTION_TOO_LARGE", "response-headers-too-large"],
    ["HPE_INVALID_CONSTANT", "response-malformed"],
    ["ESOMETHING", "internal-error"],
  ] as const) {
    it(`${code} is ${name}`, () => assert.equal(classify(Object.assign(new Error(), { code })).name, name));
  }
});
