import net from "node:net";
import type { Arrivals, Latency } from "./fixed-rate";

/**
 * Sends requests at a fixed rate and prints their latency. Plain sockets and one prepared text, because a whole
 * HTTP client would take the proxy's share of the machine.
 */
const HEAD_END = Buffer.from("\r\n\r\n");

class Connection {
  private due = 0;
  private left = 0;
  private head: Buffer | undefined;

  constructor(
    private readonly socket: net.Socket,
    private readonly request: Buffer,
    private readonly answered: (connection: Connection, due: number) => void,
  ) {
    socket.on("data", (chunk) => this.read(chunk));
    socket.on("error", fail);
    socket.on("end", () => fail(new Error("the proxy closed a connection")));
  }

  send(due: number): void {
    this.due = due;
    this.socket.write(this.request);
  }

  private read(chunk: Buffer): void {
    if (this.left > 0) this.left -= chunk.length;
    else {
      const seen = this.head ? Buffer.concat([this.head, chunk]) : chunk;
      const end = seen.indexOf(HEAD_END);
      this.head = end === -1 ? seen : undefined;
      if (end === -1) return;
      const head = seen.toString("latin1", 0, end);
      const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
      if (!head.startsWith("HTTP/1.1 200 ") || length === undefined) fail(new Error(head));
      this.left = Number(length) - (seen.length - end - HEAD_END.length);
    }
    if (this.left === 0) this.answered(this, this.due);
  }
}

function fail(error: Error): never {
  console.error(error);
  process.exit(1);
}

function connect(port: number): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ port, host: "127.0.0.1", noDelay: true }, () => resolve(socket));
    socket.once("error", reject);
  });
}

function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}

async function main(arrivals: Arrivals): Promise<void> {
  const { port, path, headers, rate, connections, warmUp, seconds } = arrivals;
  const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const request = Buffer.from(`GET ${path} HTTP/1.1\r\n${fields.join("")}\r\n`);
  const beginning = Math.round(rate * warmUp);
  const total = Math.round(rate * (warmUp + seconds));
  const idle: Connection[] = [];
  /** Ticks of the requests that found no idle connection: the wait is part of their latency. */
  const queue: number[] = [];
  /** In the order of the answers. */
  const latencies = new Float64Array(total);
  let sent = 0;
  let received = 0;

  const answered = (connection: Connection, due: number): void => {
    latencies[received++] = performance.now() - due;
    const next = queue.shift();
    if (next === undefined) idle.push(connection);
    else connection.send(next);
  };
  for (let i = 0; i < connections; i++) idle.push(new Connection(await connect(port), request, answered));

  const began = performance.now();
  const cpu = process.cpuUsage();
  const report = (): void => {
    const { user, system } = process.cpuUsage(cpu);
    const first = latencies.subarray(0, beginning).sort();
    const rest = latencies.subarray(beginning).sort();
    const latency: Latency = {
      p50: percentile(rest, 0.5),
      p99: percentile(rest, 0.99),
      warmUpP99: percentile(first, 0.99),
      requests: rest.length,
      generatorCpu: (user + system) / 1_000 / (performance.now() - began),
    };
    console.log(JSON.stringify(latency));
    process.exit(0);
  };
  // The clock of a request starts when it is sent, or at its tick where all connections are busy, not at an
  // ideal time before: how late Node's timers are says nothing about the proxy.
  setInterval(() => {
    const tick = performance.now();
    const due = Math.min(total, Math.floor(((tick - began) / 1_000) * rate));
    for (; sent < due; sent++) {
      const connection = idle.shift();
      if (connection) connection.send(performance.now());
      else queue.push(tick);
    }
    if (received === total) report();
  }, 1);
}

void main(JSON.parse(process.argv[2]!) as Arrivals).catch(fail);
