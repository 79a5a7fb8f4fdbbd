import type { TLSSocket } from "node:tls";

/** A third party that reads requests by a strict parser of its own, and says what it could not be sure of. */
export class Recorder {
  /** `METHOD target`, in order. */
  readonly seen: string[] = [];
  /** What a less strict reader could have read in another way. */
  readonly doubts: string[] = [];

  /** Reads one connection. */
  readonly accept = (socket: TLSSocket): void => {
    let text = "";
    socket.on("data", (data: Buffer) => {
      text += data.toString("latin1");
      for (;;) {
        const rest = this.readOne(text, socket);
        if (rest === undefined) return;
        text = rest;
      }
    });
  };

  /** @returns what follows the request, undefined when it is not whole yet */
  private readOne(text: string, socket: TLSSocket): string | undefined {
    const end = text.indexOf("\r\n\r\n");
    if (end === -1) return undefined;
    const [requestLine, ...fields] = text.slice(0, end).split("\r\n") as [string, ...string[]];
    const request = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) (\*|\/[\x21-\x7e]*) HTTP\/1\.1$/.exec(requestLine);
    if (!request) this.doubts.push(`request line ${JSON.stringify(requestLine)}`);
    const values = new Map<string, string[]>();
    for (const field of fields) {
      const parts = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)$/.exec(field);
      if (!parts) {
        this.doubts.push(`field line ${JSON.stringify(field)}`);
        continue;
      }
      const name = parts[1]!.toLowerCase().replaceAll("_", "-");
      values.set(name, [...(values.get(name) ?? []), parts[2]!.trim()]);
    }
    const lengths = values.get("content-length") ?? [];
    const encodings = values.get("transfer-encoding") ?? [];
    if (lengths.length + encodings.length > 1)
      this.doubts.push(`framing ${JSON.stringify([lengths, encodings])}`);
    if (lengths.some((length) => !/^\d+$/.test(length))) this.doubts.push(`length ${lengths.join()}`);
    if (encodings.some((encoding) => encoding !== "chunked")) this.doubts.push(`coding ${encodings.join()}`);
    if (values.get("host")?.join() !== "api.example.com")
      this.doubts.push(`host ${String(values.get("host"))}`);
    const body = text.slice(end + 4);
    const rest =
      encodings.length > 0
        ? this.afterChunks(body)
        : body.length < Number(lengths[0] ?? 0)
          ? undefined
          : body.slice(Number(lengths[0] ?? 0));
    if (rest === undefined) return undefined;
    this.seen.push(`${request?.[1] ?? "?"} ${request?.[2] ?? "?"}`);
    socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    return rest;
  }

  private afterChunks(body: string): string | undefined {
    let at = 0;
    for (;;) {
      const end = body.indexOf("\r\n", at);
      if (end === -1) return undefined;
      const size = body.slice(at, end);
      if (!/^[0-9a-f]{1,8}$/i.test(size)) {
        this.doubts.push(`chunk size ${JSON.stringify(size)}`);
        return "";
      }
      const length = parseInt(size, 16);
      at = end + 2 + length;
      if (body.length < at + 2) return undefined;
      if (body.slice(at, at + 2) !== "\r\n") this.doubts.push("chunk without its end");
      at += 2;
      if (length === 0) return body.slice(at);
    }
  }
}
