// The ways to send a request that the tests try, each as (egress's parts, URL, options) => { status, json, url }.
import { Buffer } from "node:buffer";
import https from "node:https";
import axios from "axios";
import got from "got";
import { CookieJar } from "tough-cookie";
import { fetch as undiciFetch, interceptors, request } from "undici";

export const ways = {
  // fetch drops the header field Host.
  fetch: { anyHost: false, send: byFetch(undiciFetch), redirects: true, http: true },
  "undici.request": { send: byUndici, redirects: true, http: true },
  "node:https": { send: byHttps },
  axios: { send: byAxios, redirects: true },
  got: { send: byGot, redirects: true, cookies: true },
};

function byFetch(fetch) {
  return async ({ dispatcher }, url, { method, body, headers }) => {
    const response = await fetch(url, { method, body, headers, dispatcher });
    return { status: response.status, json: await response.json(), url: response.url };
  };
}

async function byUndici({ dispatcher }, url, { method, body, headers }) {
  const redirecting = dispatcher.compose(interceptors.redirect({ maxRedirections: 5 }));
  const response = await request(url, { method, body, headers, dispatcher: redirecting });
  return { status: response.statusCode, json: await response.body.json() };
}

function byHttps({ agent }, url, { method, body, headers }) {
  return new Promise((resolve, reject) => {
    const call = https.request(url, { method, headers, agent }, async (response) => {
      const chunks = [];
      for await (const chunk of response) chunks.push(chunk);
      resolve({ status: response.statusCode, json: JSON.parse(Buffer.concat(chunks)) });
    });
    call.on("error", reject).end(body);
  });
}

async function byAxios({ agent }, url, { method = "GET", body, headers }) {
  const response = await axios({ url, method, data: body, headers, httpsAgent: agent, proxy: false });
  return { status: response.status, json: response.data, url: response.request.res.responseUrl };
}

async function byGot({ agent }, url, { method, body, headers, cookies }) {
  const response = await got(url, {
    method,
    body,
    headers,
    agent: { https: agent },
    retry: { limit: 0 },
    cookieJar: cookies ? new CookieJar() : undefined,
  });
  return { status: response.statusCode, json: JSON.parse(response.body), url: response.url };
}
