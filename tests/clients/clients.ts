export type Language = "node" | "python" | "go" | "java" | "ruby" | "php" | "command";

/** A released client: what it is called, how it is told to go through the proxy, and the program that shows it. */
export interface Client {
  readonly name: string;
  readonly language: Language;
  /** Where its version is pinned: package, module or property; for a command the command itself. */
  readonly package: string;
  /** What an application changes to go through the proxy. */
  readonly setting: string;
  /** File in the language's folder, without its ending; Java: the class, and after an `@` the folder of its jars. */
  readonly program: string;
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** It keeps `https://FOO`: the client package of its language (`clients/`) sends that through the proxy. */
  readonly byPackage?: boolean;
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

const pythonHttp = (name: string): Client => ({
  name: `${name} (Python)`,
  language: "python",
  package: name,
  setting: URL_ONLY,
  program: "http_clients",
  args: [name],
});

const node = (name: string, setting: string, program = name): Client => ({
  name: `${name} (Node)`,
  language: "node",
  package: name,
  setting,
  program,
});

const python = (name: string, setting: string, program: string, ...args: string[]): Client => ({
  name: `${name} (Python)`,
  language: "python",
  package: name,
  setting,
  program,
  args,
});

const go = (name: string, module: string, setting: string, program: string): Client => ({
  name: `${name} (Go)`,
  language: "go",
  package: module,
  setting,
  program,
});

const java = (
  name: string,
  property: string,
  setting: string,
  program: string,
  ...args: string[]
): Client => ({
  name: `${name} (Java)`,
  language: "java",
  package: property,
  setting,
  program,
  args,
});

const ruby: Client = {
  name: "Net::HTTP, open-uri (Ruby)",
  language: "ruby",
  package: "ruby",
  setting: URL_ONLY,
  program: "nethttp",
};

const php = (name: string, argument: string): Client => ({
  name: `${name} (PHP)`,
  language: "php",
  package: "php",
  setting: URL_ONLY,
  program: "http_clients",
  args: [argument],
});

const command = (name: string, setting: string): Client => ({
  name,
  language: "command",
  package: name,
  setting,
  program: name,
});

/** The same client with https URLs, by the package of its language. */
const byPackage = (client: Client): Client => ({
  ...client,
  name: client.name.replace(" (", ", by package ("),
  setting: "EGRESS_DOMAIN",
  byPackage: true,
});

/** All clients, in the order in which they run and are printed. */
export const CLIENTS: readonly Client[] = [
  ...["node:http", "fetch", "undici", "axios", "got", "node-fetch", "ky", "superagent"].map(nodeHttp),
  { ...nodeHttp("fetch"), name: "WebSocket (Node)", program: "websocket", args: [] },
  node("stripe", "host, protocol, port"),
  node("openai", "baseURL"),
  node("@anthropic-ai/sdk", "baseURL", "anthropic"),
  node("octokit", "baseUrl"),
  node("@gitbeaker/rest", "host", "gitbeaker"),
  node("@slack/web-api", "slackApiUrl", "slack"),
  node("twilio", "httpClient"),
  node("@sendgrid/mail", "baseUrl", "sendgrid"),
  node("@sentry/node", "dsn", "sentry"),
  { ...node("@aws-sdk/client-s3", "endpoint, signed host", "aws"), args: ["s3"] },
  { ...node("@aws-sdk/client-sqs", "endpoint, signed host", "aws"), args: ["sqs"] },
  node("@azure/storage-blob", "url", "azure"),
  node("@google-cloud/storage", "apiEndpoint", "gcs"),
  node("algoliasearch", "hosts", "algolia"),
  node("@elastic/elasticsearch", "node", "elasticsearch"),
  node("openid-client", "customFetch", "openid"),
  ...["requests", "httpx", "aiohttp", "urllib3", "urllib"].map(pythonHttp),
  { ...pythonHttp("aiohttp"), name: "aiohttp, WebSocket (Python)", program: "websocket", args: [] },
  python("stripe", "api_base", "payments"),
  python("openai", "base_url", "models", "openai"),
  python("anthropic", "base_url", "models", "anthropic"),
  python("PyGithub", "base_url", "forges", "github"),
  python("python-gitlab", "url, keep_base_url", "forges", "gitlab"),
  python("slack_sdk", "base_url", "messages", "slack"),
  python("twilio", "http_client", "messages", "twilio"),
  python("sendgrid", "host", "messages", "sendgrid"),
  python("sentry-sdk", "dsn", "messages", "sentry"),
  { ...python("boto3", "endpoint_url, signed host", "aws", "s3"), name: "boto3, S3 (Python)" },
  { ...python("boto3", "endpoint_url, signed host", "aws", "sqs"), name: "boto3, SQS (Python)" },
  python("azure-storage-blob", "account_url", "blobs", "azure"),
  python("google-cloud-storage", "api_endpoint", "blobs", "gcs"),
  python("algoliasearch", "hosts", "search", "algolia"),
  python("elasticsearch", "hosts", "search", "elasticsearch"),
  python("hvac", "url", "search", "vault"),
  python("requests-oauthlib", "transport adapter", "oauth1"),
  command("curl", URL_ONLY),
  command("wget", URL_ONLY),
  command("git", URL_ONLY),
  command("pip", "--index-url, --trusted-host"),
  command("npm", "--registry"),
  ruby,
  php("streams", "streams"),
  php("curl", "curl"),
  go("net/http", "std", URL_ONLY, "nethttp"),
  go("resty", "github.com/go-resty/resty/v2", "SetBaseURL", "resty"),
  go("go-github", "github.com/google/go-github/v74", "BaseURL", "github"),
  go("stripe-go", "github.com/stripe/stripe-go/v82", "BackendConfig.URL", "stripe"),
  go("vault/api", "github.com/hashicorp/vault/api", "Address", "vault"),
  java("java.net.http", "jdk", URL_ONLY, "HttpClients", "jdk"),
  java("HttpURLConnection", "jdk", URL_ONLY, "HttpClients", "url"),
  java("Apache HttpClient", "httpclient5", URL_ONLY, "HttpClients", "apache"),
  java("Apache HttpClient, old", "httpclient5-old", URL_ONLY, "HttpClients@lib-old", "apache"),
  java("OkHttp", "okhttp", URL_ONLY, "HttpClients", "okhttp"),
  java("java.net.http, WebSocket", "jdk", URL_ONLY, "WebSocketChecks"),
  java("stripe-java", "stripe", "setApiBase", "StripeChecks"),
  ...["node:http", "fetch", "undici", "axios", "got"].map(nodeHttp).map(byPackage),
  byPackage(node("stripe", "")),
  byPackage(node("openai", "")),
  byPackage({ ...node("@aws-sdk/client-s3", "", "aws"), args: ["s3"] }),
  ...["requests", "httpx", "aiohttp"].map(pythonHttp).map(byPackage),
  byPackage(python("openai", "", "models", "openai")),
  byPackage({ ...python("boto3", "", "aws", "s3"), name: "boto3, S3 (Python)" }),
  byPackage(go("net/http", "std", "", "nethttp")),
  byPackage(go("go-github", "github.com/google/go-github/v74", "", "github")),
  byPackage(java("java.net.http", "jdk", "", "HttpClients", "jdk")),
  byPackage(java("OkHttp", "okhttp", "", "HttpClients", "okhttp")),
];
