import { createSign, generateKeyPairSync } from "node:crypto";
import { type Vendor, demand, form, sendJson } from "../stage/vendor";

const ISSUER = "https://accounts.example.com";
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

/** An OpenID provider: its discovery document names its own public addresses. */
export const openid: Vendor = {
  hosts: ["accounts.example.com"],
  handle(request, response) {
    switch (`${request.method} ${request.url.pathname}`) {
      case "GET /.well-known/openid-configuration":
        sendJson(response, {
          issuer: ISSUER,
          authorization_endpoint: `${ISSUER}/authorize`,
          token_endpoint: `${ISSUER}/token`,
          userinfo_endpoint: `${ISSUER}/userinfo`,
          jwks_uri: `${ISSUER}/keys`,
          response_types_supported: ["code"],
          subject_types_supported: ["public"],
          id_token_signing_alg_values_supported: ["RS256"],
        });
        return;
      case "POST /token": {
        const fields = form(request);
        const basic = Buffer.from("client:secret").toString("base64");
        demand(
          request.headers.authorization === `Basic ${basic}`,
          `Authorization is ${request.headers.authorization}`,
        );
        const token = { access_token: "at-1", token_type: "Bearer", expires_in: 60 };
        const isCode = fields.get("grant_type") === "authorization_code";
        sendJson(response, isCode ? { ...token, id_token: idToken() } : token);
        return;
      }
      case "GET /keys":
        sendJson(response, {
          keys: [{ ...publicKey.export({ format: "jwk" }), kid: "1", alg: "RS256", use: "sig" }],
        });
        return;
      case "GET /userinfo":
        demand(request.headers.authorization === "Bearer at-1", "there is no access token");
        sendJson(response, { sub: "ada", email: "ada@example.com" });
        return;
      default:
        sendJson(response, { error: "not_found" }, 404);
    }
  },
};

function idToken(): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const now = Math.floor(Date.now() / 1_000);
  const claims = { iss: ISSUER, sub: "ada", aud: "client", iat: now, exp: now + 60 };
  const text = `${part({ alg: "RS256", kid: "1" })}.${part(claims)}`;
  return `${text}.${createSign("sha256").update(text).sign(privateKey, "base64url")}`;
}
