import assert from "node:assert/strict";

/** Runs one check, and prints its outcome as a line of JSON. */
export async function check(name, run) {
  try {
    await run();
    process.stdout.write(`${JSON.stringify({ check: name, ok: true })}\n`);
  } catch (error) {
    const detail = String(error?.message ?? error).slice(0, 600);
    process.stdout.write(`${JSON.stringify({ check: name, ok: false, detail })}\n`);
  }
}

/** The address in the cluster of a host outside; with the client package the host's own. */
export const egress = (host) =>
  process.env.EGRESS_DOMAIN === undefined ? `http://${host}.egress.local` : `https://${host}`;

/** Asserts that a call fails, and that the application sees the proxy's own reason. */
export async function denied(call, read = (error) => error.message) {
  let failure;
  try {
    const result = await call();
    failure = undefined;
    assert.fail(`the call succeeded with ${JSON.stringify(result)?.slice(0, 200)}`);
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error;
    failure = error;
  }
  const text = read(failure);
  assert.match(text, DENIED, `the proxy's reason is not in ${text}`);
}

/** What the proxy says of a path that no rule admits. */
export const DENIED = /No rule of the upstream|k8s-egress: request-denied/;
