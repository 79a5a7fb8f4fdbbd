import { type ClientPod, type Cluster, runInPod } from "../../cluster";

/** Where a stream's questions go. */
export interface Stream {
  readonly title: string;
  readonly server: string;
  readonly transport: "udp" | "tcp";
}

/** What became of a stream's questions, each asked once. */
export interface StreamResult {
  readonly title: string;
  readonly sent: number;
  /** Not answered within 5 s, resolvers' usual patience. */
  readonly lost: number;
  /** Answered by an error, or without an address of a type that there is. */
  readonly wrong: number;
  /** Answered after 1.9 s or more: the cluster's DNS repeats after 2 s what it gets no answer to. */
  readonly repeated: number;
  /** Milliseconds. */
  readonly slowest: number;
}

export interface QueryStreams {
  stop(): Promise<StreamResult[]>;
}

/** Questions per second of each stream. */
const RATE = 40;

/**
 * Asks from a pod, until it is told to stop, for A and AAAA of ever new names below a wildcard, which nobody has
 * cached. Each question comes from a socket of its own, as resolvers ask.
 *
 * @param types those that the names have an address of
 */
export async function startQueries(
  cluster: Cluster,
  pod: ClientPod,
  types: readonly ("A" | "AAAA")[],
  streams: readonly Stream[],
): Promise<QueryStreams> {
  await runInPod(cluster, pod, `import fs from "node:fs"; fs.rmSync("/stop-queries", { force: true });`);
  const finished = runInPod(
    cluster,
    pod,
    `const streams = ${JSON.stringify(streams)}, types = ${JSON.stringify(types)}, RATE = ${RATE};\n${SCRIPT}`,
  );
  return {
    async stop() {
      await runInPod(cluster, pod, `import fs from "node:fs"; fs.writeFileSync("/stop-queries", "");`);
      return JSON.parse(await finished) as StreamResult[];
    },
  };
}

const SCRIPT = String.raw`
  import dgram from "node:dgram";
  import fs from "node:fs";
  import net from "node:net";
  const run = Date.now().toString(36);
  let next = 0;
  function question() {
    const number = next++;
    const labels = ("q" + run + "-" + number + ".wild.example.test.egress.local").split(".");
    const type = number % 2 ? 28 : 1;
    const header = Buffer.from([number >> 8 & 255, number & 255, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    const name = labels.map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]));
    return { type, message: Buffer.concat([header, ...name, Buffer.from([0, 0, type, 0, 1])]) };
  }
  function ask({ server, transport }, message) {
    return new Promise((resolve) => {
      const socket = transport === "udp" ? dgram.createSocket(net.isIPv6(server) ? "udp6" : "udp4") : net.connect(53, server);
      const done = (answer) => {
        clearTimeout(timer);
        transport === "udp" ? socket.close() : socket.destroy();
        resolve(answer);
      };
      const timer = setTimeout(done, 5000);
      socket.on("error", () => done(undefined));
      if (transport === "udp") {
        socket.on("message", done);
        socket.send(message, 53, server);
        return;
      }
      let received = Buffer.alloc(0);
      socket.write(Buffer.concat([Buffer.from([message.length >> 8, message.length & 255]), message]));
      socket.on("data", (data) => {
        received = Buffer.concat([received, data]);
        if (received.length > 2 && received.length >= 2 + received.readUInt16BE(0)) done(received.subarray(2));
      });
      socket.on("close", () => done(undefined));
    });
  }
  const results = await Promise.all(streams.map(async (stream) => {
    const result = { title: stream.title, sent: 0, lost: 0, wrong: 0, repeated: 0, slowest: 0 };
    const open = new Set();
    while (!fs.existsSync("/stop-queries")) {
      const { type, message } = question();
      const began = performance.now();
      result.sent++;
      const asked = ask(stream, message).then((answer) => {
        const took = Math.round(performance.now() - began);
        result.slowest = Math.max(result.slowest, took);
        // The CNAME, and the address if there is one.
        if (!answer) result.lost++;
        else if ((answer[3] & 15) !== 0 || answer.readUInt16BE(6) !== (types.includes(type === 1 ? "A" : "AAAA") ? 2 : 1)) result.wrong++;
        else if (took > 1900) result.repeated++;
        open.delete(asked);
      });
      open.add(asked);
      await new Promise((resolve) => setTimeout(resolve, 1000 / RATE));
    }
    await Promise.all(open);
    return result;
  }));
  console.log(JSON.stringify(results));`;
