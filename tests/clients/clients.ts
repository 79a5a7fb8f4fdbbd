export type Language = "node" | "python" | "go" | "java" | "command";

/** A released client: what it is called, how it is told to go through the proxy, and the program that shows it. */
export interface Client {
  readonly name: string;
  readonly language: Language;
  /** Where its version is pinned: package, module or property; for a command the command itself. */
  readonly package: string;
  /** What an application changes to go through the proxy. */
  readonly setting: string;
  /** File in the language's folder, without its ending; Java: the class. */
  readonly program: string;
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

const URL_ONLY = "URL";

const nodeHttp = (name: string): Client => ({
  name: `${name} (Node)`,
  language: "node",
  package: name === "node:http" || name === "fetch" ? "node" : name,
  setting: URL_ONLY,
  program: "http_clients",
  args: [name],
});

/** All clients, in the order in which they run and are printed. */
export const CLIENTS: readonly Client[] = [
  ...["node:http", "fetch", "undici", "axios", "got", "node-fetch", "ky", "superagent"].map(nodeHttp),
];
