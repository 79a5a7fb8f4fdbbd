import { get } from "node:http";
import type { RequestOptions } from "node:https";
import { get as getTls } from "node:https";

/** Whether a plain HTTP request for `url` is answered with 200. */
export function answers(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    get(url, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    }).on("error", () => resolve(false));
  });
}

/** The same by TLS, or over a Unix socket. */
export function answersTls(url: string, options: RequestOptions): Promise<boolean> {
  return new Promise((resolve) => {
    getTls(url, options, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    }).on("error", () => resolve(false));
  });
}
