import type { ServerResponse } from "node:http";
import { type Vendor, demand, json, only, sendJson, sendPieces } from "../stage/vendor";

const WORDS = ["Guten", " Tag", ", Welt"];

async function sendEvents(
  response: ServerResponse,
  events: readonly (string | object)[],
  named = false,
): Promise<void> {
  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache",
  });
  const text = (event: string | object) => (typeof event === "string" ? event : JSON.stringify(event));
  const name = (event: string | object) => (named ? `event: ${(event as { type: string }).type}\n` : "");
  await sendPieces(
    response,
    events.map((event) => `${name(event)}data: ${text(event)}\n\n`),
  );
}

/** OpenAI: JSON, server-sent events, a file as a multipart form, errors with a message. */
export const openai: Vendor = {
  hosts: ["api.openai.com"],
  policy: only("/v1/chat/completions", "/v1/files", "/v1/models", "/v1/embeddings"),
  async handle(request, response) {
    const { method, url, headers } = request;
    demand(headers.authorization === "Bearer sk-test", `Authorization is ${headers.authorization}`);
    const base = { id: "chatcmpl-1", created: 1, model: "gpt-test" };
    switch (`${method} ${url.pathname}`) {
      case "POST /v1/chat/completions": {
        if (json(request).stream !== true) {
          const message = { role: "assistant", content: WORDS.join("") };
          const choices = [{ index: 0, message, finish_reason: "stop" }];
          sendJson(response, { ...base, object: "chat.completion", choices });
          return;
        }
        const chunk = (content: string) => ({
          ...base,
          object: "chat.completion.chunk",
          choices: [{ index: 0, delta: { content }, finish_reason: null }],
        });
        await sendEvents(response, [...WORDS.map(chunk), "[DONE]"]);
        return;
      }
      case "POST /v1/files":
        demand(
          String(headers["content-type"]).startsWith("multipart/form-data; boundary="),
          "the file is no form",
        );
        demand(request.body.includes('{"prompt":"a"}'), "the file's text is missing");
        sendJson(response, {
          id: "file-1",
          object: "file",
          filename: "a.jsonl",
          purpose: "batch",
          bytes: 14,
        });
        return;
      case "GET /v1/models":
        sendJson(response, {
          object: "list",
          data: [{ id: "gpt-test", object: "model", created: 1, owned_by: "x" }],
        });
        return;
      default:
        sendJson(
          response,
          { error: { message: "The model does not exist", type: "invalid_request_error" } },
          404,
        );
    }
  },
};

/** Anthropic: JSON and named server-sent events. */
export const anthropic: Vendor = {
  hosts: ["api.anthropic.com"],
  policy: only("/v1/messages"),
  async handle(request, response) {
    const { "x-api-key": key = request.headers.authorization } = request.headers;
    demand(key === "key-1" || key === "Bearer key-1", `the key is ${String(key)}`);
    demand(request.headers["anthropic-version"] !== undefined, "there is no anthropic-version");
    const message = {
      id: "msg_1",
      type: "message",
      role: "assistant",
      model: "claude-test",
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: 1, output_tokens: 3 },
    };
    if (json(request).stream !== true) {
      sendJson(response, {
        ...message,
        stop_reason: "end_turn",
        content: [{ type: "text", text: WORDS.join("") }],
      });
      return;
    }
    const delta = (text: string) => ({
      type: "content_block_delta",
      index: 0,
      delta: { type: "text_delta", text },
    });
    await sendEvents(
      response,
      [
        { type: "message_start", message: { ...message, content: [] } },
        { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
        { type: "ping" },
        ...WORDS.map(delta),
        { type: "content_block_stop", index: 0 },
        { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 3 } },
        { type: "message_stop" },
      ],
      true,
    );
  },
};
