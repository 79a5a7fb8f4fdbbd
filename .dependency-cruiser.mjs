// The layers, as `docs/architecture.md` draws them. `npm run check` runs them over every import, type imports included.

/** Layers of the proxy, lowest first. A file imports its own layer and those before it. */
const PROXY_LAYERS = [
  ["event-loop.ts", "log.ts"],
  ["message"],
  ["errors"],
  ["http1"],
  ["route"],
  ["upstream"],
  ["exchange"],
  ["observe"],
  ["mesh"],
  ["admit", "authorise", "limit", "forward"],
  ["upgrade"],
  ["trace"],
  ["server", "admin", "evaluate"],
  ["command-line.ts", "create-proxy.ts", "run.ts", "main.ts"],
];

const PROXY = "^proxy-image/src/proxy/";
/** How hosts, methods and the like are written. */
const NAMES = "^proxy-image/src/contract/names/";
const STAGES = ["admit", "authorise", "limit", "forward"];

/** A folder's files, or the one file. */
const within = (name) => `${name.replace(".", "\\.")}${name.endsWith(".ts") ? "$" : "/"}`;
const inProxy = (names) => `${PROXY}(?:${names.map(within).join("|")})`;

const layers = PROXY_LAYERS.slice(0, -1).map((layer, index) => ({
  name: `layer-${layer.join("-")}`,
  comment: `${layer.join(", ")}: imports no higher layer.`,
  severity: "error",
  from: { path: inProxy(layer) },
  to: { path: inProxy(PROXY_LAYERS.slice(index + 1).flat()) },
}));

const forbid = (name, comment, from, to) => ({ name, comment, severity: "error", from, to });

export default {
  forbidden: [
    forbid("no-circle", "No import circle, type imports included.", {}, { circular: true }),
    forbid(
      "known-folder",
      "A folder or file of the proxy has a place among the layers.",
      { path: PROXY, pathNot: inProxy(PROXY_LAYERS.flat()) },
      {},
    ),
    ...layers,
    forbid(
      "message-knows-nothing",
      "Messages know no protocol, no socket, no policy and no failure; only how names are written.",
      { path: inProxy(["message"]) },
      {
        path: "^proxy-image/src/|^(?:node:)?(?:net|tls|http|https|http2)$",
        pathNot: `${inProxy(["message"])}|${NAMES}`,
      },
    ),
    forbid(
      "http1-knows-messages",
      "HTTP/1.1 turns bytes into messages and back; it decides nothing.",
      { path: inProxy(["http1"]) },
      { path: "^proxy-image/src/", pathNot: `${inProxy(["http1", "message", "event-loop.ts"])}|${NAMES}` },
    ),
    ...STAGES.map((stage) =>
      forbid(
        `stage-${stage}`,
        "A stage imports no other stage.",
        { path: inProxy([stage]) },
        { path: inProxy(STAGES.filter((other) => other !== stage)) },
      ),
    ),
    forbid(
      "stages-see-messages",
      "Stages see messages and the exchange, never a protocol or a socket.",
      { path: inProxy(STAGES) },
      { path: `${inProxy(["http1", "upgrade"])}|^(?:node:)?(?:net|tls|http|https|http2)$` },
    ),
    forbid(
      "component-imports-contract",
      "The component imports nothing of the image but the contract, and the proxy's evaluation of a policy.",
      { path: "^(?:component|index)" },
      { path: "^proxy-image/", pathNot: `^proxy-image/src/contract/|${inProxy(["evaluate"])}` },
    ),
    forbid(
      "contract-imports-nothing",
      "The contract is loaded by both sides: it imports neither.",
      { path: "^proxy-image/src/contract/" },
      { path: "^(?:component|proxy-image/src)/", pathNot: "^proxy-image/src/contract/" },
    ),
    forbid(
      "programs-are-apart",
      "Proxy and controller import nothing of each other or of the command line.",
      { path: "^proxy-image/src/(proxy|stubdomain)/" },
      { path: "^proxy-image/src/", pathNot: "^proxy-image/src/(?:$1|contract)/" },
    ),
    forbid(
      "no-tests",
      "The product imports no test.",
      { path: "^(?:component|proxy-image|examples|index)" },
      { path: "^tests/" },
    ),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.test.json" },
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(?:^|/)dist/" },
  },
};
