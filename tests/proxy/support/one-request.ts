import assert from "node:assert/strict";
import type { PolicyUpstream } from "../../../proxy-image/src/contract/policy/policy";
import { type Answer, type Ask, ask } from "./client";
import { type Internet, type World, startWorld, upstream } from "./world";

/** The only upstream that `oneRequest` has. */
export const HOST = "api.example.com";

/** What HTTP servers of tests answer that are not to be reached, or only to be reached. */
export const ok = (_req: unknown, res: { end(text: string): void }): void => res.end("ok");

/** One request through a proxy of its own. */
export async function oneRequest(
  prepare: (internet: Internet) => Promise<unknown> | undefined,
  changes: Partial<PolicyUpstream> = {},
  request: Partial<Ask> = {},
): Promise<{ answer: Answer; world: World }> {
  const world = await startWorld({ [HOST]: upstream("api-example-com", changes) });
  try {
    await prepare(world.internet);
    return { answer: await ask({ port: world.port, host: `${HOST}.egress.local`, ...request }), world };
  } finally {
    await world.close();
  }
}

/** It is a failure's answer with this status and type of Proxy-Status. */
export function failed(answer: Answer, status: number, error: string): void {
  assert.equal(answer.status, status, answer.body.toString());
  assert.match(String(answer.headers["proxy-status"]), new RegExp(`error=${error};`));
  assert.equal(answer.headers["content-type"], "application/problem+json; charset=utf-8");
}

/** What a failure's answer says in this case. */
export function detailOf(answer: Answer): string {
  return (JSON.parse(answer.body.toString()) as { detail: string }).detail;
}

/** The failure's name in an answer. */
export function nameOf(answer: Answer): string {
  return /details="([^"]+)"/.exec(String(answer.headers["proxy-status"]))?.[1] ?? String(answer.status);
}
