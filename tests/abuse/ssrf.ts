import { sendRaw, lines, statusOf } from "../proxy/support/raw-client";
import { startWorld, upstream } from "../proxy/support/world";
import { type Figure, count, each } from "./figure";

/** Ways to write an address as a host. */
function spellings(): string[] {
  const hosts = [
    "localhost",
    "localhost.",
    "LOCALHOST",
    "ip6-localhost",
    "kubernetes",
    "kubernetes.default",
    "kubernetes.default.svc",
    "kubernetes.default.svc.cluster.local",
    "metadata",
    "metadata.google.internal",
    "instance-data",
    "[::]",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:127.0.0.1]",
    "[::1%25lo]",
    "[fe80::1]",
    "[fd00:ec2::254]",
    "127.0.0.1.nip.io",
    "localtest.me",
    "spoofed.burpcollaborator.net",
    "①②⑦.⓪.⓪.①",
    "127。0。0。1",
  ];
  for (const [a, b, c, d] of [
    [127, 0, 0, 1],
    [169, 254, 169, 254],
    [10, 0, 0, 1],
    [192, 168, 0, 1],
    [100, 100, 100, 200],
    [0, 0, 0, 0],
  ] as const) {
    const number = ((a * 256 + b) * 256 + c) * 256 + d;
    const hex = (value: number): string => value.toString(16);
    const octal = (value: number): string => value.toString(8).padStart(4, "0");
    hosts.push(
      `${a}.${b}.${c}.${d}`,
      `${a}.${b}.${c * 256 + d}`,
      `${a}.${(b * 256 + c) * 256 + d}`,
      String(number),
      `0x${hex(number)}`,
      `0${number.toString(8)}`,
      `0x${hex(a)}.0x${hex(b)}.0x${hex(c)}.0x${hex(d)}`,
      `${octal(a)}.${octal(b)}.${octal(c)}.${octal(d)}`,
      `${a}.${b}.${c}.${d}.`,
      `${a + 256}.${b}.${c}.${d}`,
      `[::${a}.${b}.${c}.${d}]`,
      `[64:ff9b::${a}.${b}.${c}.${d}]`,
      `${a}.${b}.${c}.${d}:80`,
      `${a}.${b}.${c}.${d}:443`,
    );
  }
  const tricks = (host: string): string[] => [
    host,
    `${host}.egress.local`,
    `api.example.com@${host}`,
    `${host}@api.example.com.egress.local`,
    `${host}#.api.example.com.egress.local`,
    `${host}?.example.com.egress.local`,
    `${host}/.example.com.egress.local`,
    `${host}\\.example.com.egress.local`,
    `${host}%00.example.com.egress.local`,
    `${host}%2f.example.com.egress.local`,
  ];
  return hosts.flatMap(tricks);
}

/** Addresses that no name may lead to: a few in each range. */
function addresses(): string[] {
  const all: string[] = [];
  const v4 = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "168.63.129.16/32",
  ];
  for (const range of v4) {
    const [base, bits] = range.split("/") as [string, string];
    const first = base.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
    const size = 2 ** (32 - Number(bits));
    for (const offset of new Set(
      [0, 1, size >>> 1, size - 1].map((value) => Math.min(Math.max(value, 0), size - 1)),
    )) {
      const value = first + offset;
      const dotted = [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
      all.push(dotted, `::ffff:${dotted}`, `::${dotted}`, `64:ff9b::${dotted}`);
    }
  }
  all.push(
    "::",
    "::1",
    "fe80::1",
    "febf::1",
    "fec0::1",
    "fc00::1",
    "fdff::1",
    "fd00:ec2::254",
    "ff02::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "3fff::1",
    "5f00::1",
    "100::1",
    "64:ff9b:1::1",
  );
  return all;
}

/** Neither a Host header nor an answer of DNS may lead to an address inside. */
export async function ssrf(): Promise<Figure> {
  const world = await startWorld({
    "api.example.com": upstream("api-example-com"),
    "*.example.com": upstream("wildcard---example-com"),
  });
  const outcomes: Record<string, number> = { refused: 0, reached: 0 };
  const violations: string[] = [];
  const check = async (what: string, host: string): Promise<void> => {
    const reply = await sendRaw(
      world.port,
      Buffer.from(lines("GET / HTTP/1.1", `Host: ${host}`, "Connection: close"), "utf8"),
      500,
    );
    const status = statusOf(reply);
    if (world.internet.connected.length > 0 || status < 400) {
      count(outcomes, "reached");
      violations.push(`${what}: ${status}, connected ${world.internet.connected.join()}`);
      world.internet.connected.length = 0;
    } else count(outcomes, "refused");
  };
  const hosts = spellings();
  // Whatever gets as far as DNS there finds the pod itself.
  const resolve = world.internet.resolve.bind(world.internet);
  world.internet.resolve = (name) =>
    world.internet.names.has(name.slice(0, -1))
      ? resolve(name)
      : Promise.resolve({ addresses: ["127.0.0.1"], ttl: 1 });
  await each(hosts, 8, (host) => check(host, host));
  const targets = addresses();
  for (const [index, address] of targets.entries()) {
    world.internet.names.set(`n${index}.example.com`, [address]);
    await check(address, `n${index}.example.com.egress.local`);
  }
  // The first answer is fine, the next one is not: the checked address is connected, not the name.
  await world.close();
  return {
    name: "SSRF hosts and addresses",
    tried: hosts.length + targets.length,
    atLeast: 300,
    outcomes,
    violations,
  };
}
