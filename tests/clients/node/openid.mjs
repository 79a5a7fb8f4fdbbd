import assert from "node:assert/strict";
import * as openid from "openid-client";
import { check } from "./check.mjs";

/** The discovery document names public addresses: those are asked through the proxy. */
const customFetch = (url, options) => {
  const { host, pathname, search } = new URL(url);
  return globalThis.fetch(`http://${host}.egress.local${pathname}${search}`, options);
};

let config;
await check("discovery", async () => {
  const issuer = new URL("https://accounts.example.com");
  config = await openid.discovery(issuer, "client", undefined, openid.ClientSecretBasic("secret"), {
    [openid.customFetch]: customFetch,
  });
  assert.equal(config.serverMetadata().token_endpoint, "https://accounts.example.com/token");
});
await check("client credentials", async () => {
  assert.equal((await openid.clientCredentialsGrant(config)).access_token, "at-1");
});
await check("code for tokens, verified by the provider's keys", async () => {
  openid.enableNonRepudiationChecks(config);
  const tokens = await openid.authorizationCodeGrant(config, new URL("https://app.example/callback?code=1"));
  assert.equal(tokens.claims().sub, "ada");
});
await check("user info", async () => {
  assert.equal((await openid.fetchUserInfo(config, "at-1", "ada")).email, "ada@example.com");
});
