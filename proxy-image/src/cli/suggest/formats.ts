import type { PolicyRule } from "../../contract/policy/policy";
import { clientLiteral, listLiteral } from "../rule-literal";
import type { Sighting } from "./sightings";
import type { SuggestedUpstream, Suggestion } from "./suggestion";

const HEAD = `// Written by \`k8s-egress suggest\` from what an audit let through. UNREVIEWED: a request that was made is not a
// request that should be. Strike what nobody can account for, and add \`paths\` where only some are needed.`;

/** Formats the list as a module that a program can import. */
export function asTypeScript({ upstreams, neverAnswered }: Suggestion): string {
  return [
    HEAD,
    `import type { Upstream } from "k8s-egress";`,
    ``,
    `export const upstreams: Upstream[] = [`,
    ...upstreams.flatMap(({ upstream, seen }) => [`  // UNREVIEWED: ${describe(seen)}`, ...entry(upstream)]),
    `];`,
    ...(neverAnswered.length > 0 ? [``, `// Asked for, never answered, and so left out:`] : []),
    ...neverAnswered.map((host) => `//   ${host}`),
    ``,
  ].join("\n");
}

/** Formats the list for other languages. A key says that it is unreviewed, because JSON has no comments. */
export function asJson({ upstreams, neverAnswered }: Suggestion): string {
  const unreviewed = upstreams.map(({ upstream }) => upstream);
  return `${JSON.stringify({ unreviewed, neverAnswered }, undefined, 2)}\n`;
}

function describe({ requests, failed, first, last }: Sighting): string {
  const [from, to] = [first, last].map((time) => new Date(time).toISOString().slice(0, 10));
  const count = `${requests} request${requests === 1 ? "" : "s"}${failed > 0 ? `, ${failed} failed` : ""}`;
  return `${count}, ${from === to ? from : `${from} to ${to}`}`;
}

function entry({ host, websockets, allow }: SuggestedUpstream): string[] {
  return [
    `  {`,
    `    host: ${JSON.stringify(host)},`,
    ...(websockets ? [`    websockets: true,`] : []),
    `    allow: [`,
    ...allow.flatMap(rule),
    `    ],`,
    `  },`,
  ];
}

function rule({ clients = [], methods }: PolicyRule): string[] {
  return [
    `      {`,
    `        clients: [`,
    ...clients.map((client) => `          ${clientLiteral(client)},`),
    `        ],`,
    ...(methods ? [`        methods: ${listLiteral(methods)},`] : []),
    `      },`,
  ];
}
