import net from "node:net";
import type { TLSSocket } from "node:tls";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { handshake, switching } from "../proxy/support/handshake";
import { lines } from "../proxy/support/raw-client";
import { eventually, startWorld, upstream } from "../proxy/support/world";
import { type Figure, count, each } from "./figure";

/** Handshakes that are under way at a time. */
const PARALLEL = 32;
/** Handshakes before the measurement: compilers, pools of memory and TLS contexts are there behind them. */
const WARM_UP = 500;
/** Bytes of memory that may be more behind the last handshake than before the first. The fault took 87 KB for each. */
const NOISE = 16 * 1024 * 1024;
/** No limit of time ends what an end should. */
const LONG = 600_000;

const WS = "ws.example.com";
/** Accepts connections, and never says a word of TLS. */
const MUTE = "mute.example.com";

/** Where a handshake is when it ends: how long to wait for that, and what the third party does. */
interface Stage {
  readonly name: string;
  readonly host: string;
  readonly answer: (socket: TLSSocket) => void;
  /** Whether the client has got something, or waits for the third party to have been asked. */
  readonly until: "sent" | "asked" | "answered";
}

const silent = (): void => undefined;
const STAGES: readonly Stage[] = [
  { name: "sent", host: WS, answer: silent, until: "sent" },
  { name: "connected", host: MUTE, answer: silent, until: "asked" },
  { name: "asked", host: WS, answer: silent, until: "asked" },
  { name: "switching", host: WS, answer: (socket) => void socket.write(switching()), until: "asked" },
  {
    name: "refused",
    host: WS,
    answer: (socket) => void socket.write(`${lines("HTTP/1.1 401 Unauthorized", "Content-Length: 9")}no`),
    until: "answered",
  },
  {
    name: "wrong",
    host: WS,
    answer: (socket) => void socket.write(switching("Sec-WebSocket-Protocol: evil")),
    until: "answered",
  },
  { name: "switched", host: WS, answer: (socket) => void socket.write(switching()), until: "answered" },
  {
    name: "busy",
    host: WS,
    answer(socket) {
      socket.write(switching());
      socket.on("data", (data: Buffer) => socket.write(data));
      socket.write(Buffer.alloc(100_000));
    },
    until: "answered",
  },
];

/** The third party's side of one handshake. */
class Third {
  constructor(
    private readonly socket: TLSSocket,
    /** Below TLS. */
    private readonly raw: net.Socket,
  ) {}

  resetAndDestroy(): void {
    // Of one that has ended already, Node would lose the handle.
    if (this.socket.readableEnded) this.socket.destroy();
    else this.raw.resetAndDestroy();
  }

  destroy(): void {
    this.socket.destroy();
  }
}

/** Who ends it, and how. */
const ENDS: Readonly<Record<string, (client: net.Socket, third: Third | undefined) => void>> = {
  "client's RST": (client) => client.resetAndDestroy(),
  "client's FIN": (client) => client.end(),
  "client's close": (client) => client.destroy(),
  "third party's RST": (client, third) => (third ? third.resetAndDestroy() : client.resetAndDestroy()),
  "third party's close": (client, third) => (third ? third.destroy() : client.destroy()),
};

/** Thousands of handshakes that end at every stage in every way: nothing is left of them. */
export async function upgrades(handshakes: number): Promise<Figure> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const settings = {
    timeouts: { connect: LONG, response: LONG, idle: LONG, stream: LONG },
    websockets: { maxAge: LONG },
    maxRequests: 2 * PARALLEL,
    maxRequestsPerClient: 2 * PARALLEL,
  };
  const world = await startWorld(
    { [WS]: upstream("ws-example-com", settings), [MUTE]: upstream("mute-example-com", settings) },
    { logPercent: 0 },
  );
  const raw = new Map<number, net.Socket>();
  /** By the number in the handshake's target. */
  const answers = new Map<string, (socket: TLSSocket) => void>();
  const thirds = new Map<string, Third>();
  await world.internet.tls([WS], (socket) => {
    socket.once("data", (data: Buffer) => {
      const id = /^GET \/(\d+) /.exec(data.toString("latin1"))![1]!;
      thirds.set(id, new Third(socket, raw.get(socket.remotePort!)!));
      answers.get(id)?.(socket);
    });
  });
  const mute = net.createServer((socket) => socket.on("error", () => undefined).resume());
  await world.internet.add([MUTE], mute);
  for (const host of [WS, MUTE]) {
    world.internet.server(host).on("connection", (socket: net.Socket) => {
      const { remotePort } = socket;
      raw.set(remotePort!, socket);
      socket.on("close", () => raw.delete(remotePort!));
    });
  }

  let outcomes: Record<string, number> = {};
  const violations: string[] = [];
  const names = Object.keys(ENDS);
  const one = async (index: number): Promise<void> => {
    const stage = STAGES[index % STAGES.length]!;
    const name = names[Math.floor(index / STAGES.length) % names.length]!;
    const id = String(index);
    answers.set(id, stage.answer);
    await run(world.port, id, stage, () => thirds.get(id), ENDS[name]!).then(
      () => count(outcomes, stage.name),
      (error: unknown) => violations.push(`${stage.name}, ${name}: ${String(error)}`),
    );
    answers.delete(id);
    thirds.delete(id);
  };
  const many = async (from: number, to: number): Promise<void> => {
    await each(
      Array.from({ length: to - from }, (_, index) => from + index),
      PARALLEL,
      one,
    );
    await eventually(() => world.proxy.inFlight() === 0, "no request in flight").catch(() => undefined);
    await eventually(() => raw.size === 0, "no connection to a third party").catch(() => undefined);
    // What the garbage collector frees is freed in two runs: the first ends what the second finds.
    for (let i = 0; i < 2; i++) {
      collect();
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    world.log.length = world.internet.connected.length = world.internet.resolved.length = 0;
  };
  const sockets = (): number =>
    process.getActiveResourcesInfo().filter((it) => /TCPSocket|TLS/.test(it)).length;

  await many(0, WARM_UP);
  outcomes = {};
  const before = { sockets: sockets(), memory: process.memoryUsage() };
  await many(WARM_UP, WARM_UP + handshakes);
  const after = { sockets: sockets(), memory: process.memoryUsage() };

  const check = (holds: boolean, what: string): void => {
    if (!holds) violations.push(what);
  };
  check(world.proxy.inFlight() === 0, `${world.proxy.inFlight()} requests in flight`);
  check(raw.size === 0, `${raw.size} connections to third parties`);
  check(after.sockets === before.sockets, `${before.sockets} sockets before, ${after.sockets} after`);
  for (const kind of ["heapUsed", "external"] as const) {
    const more = after.memory[kind] - before.memory[kind];
    outcomes[`KiB more ${kind}`] = Math.round(more / 1024);
    check(more < NOISE, `${kind}: ${more} bytes more`);
  }
  await world.close();
  return {
    name: "upgrades that end at every stage",
    tried: handshakes,
    atLeast: 5_000,
    outcomes,
    violations,
  };
}

/** One handshake, until the client's side has ended. */
async function run(
  port: number,
  id: string,
  { host, until }: Stage,
  third: () => Third | undefined,
  end: (client: net.Socket, third: Third | undefined) => void,
): Promise<void> {
  const client = net.connect(port, "127.0.0.1");
  const closed = new Promise((resolve) => client.on("close", resolve));
  client.on("error", () => undefined);
  const answered = new Promise((resolve) => client.once("data", resolve));
  client.write(handshake(host).replace("/chat?x=1", `/${id}`));
  if (until === "answered") await answered;
  else if (until === "asked" && host === WS) await eventually(() => third() !== undefined, "asked");
  else await new Promise((resolve) => setTimeout(resolve, host === MUTE ? 5 : 0));
  end(client, third());
  await closed;
}
