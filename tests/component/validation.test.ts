import type { EgressProxyArgs } from "../../component/args/egress-proxy";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { checkArguments } from "../../component/validation/arguments";

const DIGEST = `@sha256:${"0".repeat(64)}`;
const good: EgressProxyArgs = {
  upstreams: [{ host: "api.stripe.com" }],
  image: `registry.example.com/egress${DIGEST}`,
};

/** The lines of the report, without its head. */
function problems(args: object, name = "egress"): string[] {
  const found = checkArguments(name, args as EgressProxyArgs);
  return found.any
    ? found
        .report("x")
        .split("\n")
        .slice(1)
        .map((line) => line.trim())
    : [];
}

function upstream(upstream: object): string[] {
  return problems({ ...good, upstreams: [upstream] });
}

/** A wrong argument: the whole message must match, and be the only one. */
interface Case {
  args: object;
  path: string;
  says: RegExp;
}

const host = (host: unknown, says: RegExp): Case => ({
  args: { ...good, upstreams: [{ host }] },
  path: "upstreams[0].host",
  says,
});

const arg = (more: object, path: string, says: RegExp): Case => ({ args: { ...good, ...more }, path, says });

const up = (more: object, path: string, says: RegExp): Case => ({
  args: { ...good, upstreams: [{ host: "api.stripe.com", ...more }] },
  path: `upstreams[0].${path}`,
  says,
});

const cases: Case[] = [
  arg({ gitOps: "argo" }, "gitOps", /is "argo"; write it as in \{ argoCd: true \}/),
  arg({ gitOps: { flux: true } }, "gitOps.flux", /is not an argument; there are argoCd/),
  arg({ gitOps: { argoCd: "yes" } }, "gitOps.argoCd", /is "yes"; give true or false/),
  arg(
    { gitOps: { argoCd: true } },
    "gitOps.argoCd",
    /needs another dns\.mode: .*set dns\.mode to "manual" or "none"/,
  ),
  host("https://api.stripe.com", /has the scheme "https:\/\/".*for example "api\.stripe\.com"/),
  host("HTTPS://API.stripe.com:443/v1", /has the scheme.*for example "api\.stripe\.com"/),
  host("api.stripe.com/v1", /has a path.*for example "api\.stripe\.com"/),
  host("api.stripe.com?x", /has a path/),
  host(
    "api.stripe.com:8443",
    /has a port; give the host alone, for example "api\.stripe\.com", and the port as `port`/,
  ),
  host("user@api.stripe.com", /has a user name.*"api\.stripe\.com"/),
  host("203.0.113.7", /is an IP address/),
  host("[2001:db8::1]", /is an IP address/),
  host("2001:db8::1", /is an IP address/),
  host("1.2.3", /read as an IP address/),
  host("0x7f.1", /read as an IP address/),
  host("API.stripe.com", /has capitals; write "api\.stripe\.com"/),
  host("api.stripe.com.", /ends in a dot; write "api\.stripe\.com"/),
  host("bücher.example", /not ASCII; write it as punycode, "xn--bcher-kva\.example"/),
  host("api stripe.com", /has a space or a control character/),
  host("api\u0000.stripe.com", /has a space or a control character/),
  host("api_v1.stripe.com", /has the label "api_v1"/),
  host("-api.stripe.com", /has the label "-api"/),
  host("api..stripe.com", /has the label ""/),
  host(`${"a".repeat(64)}.example`, /has the label/),
  host(`${"a.".repeat(127)}example`, /longer than 253/),
  host(`${"a.".repeat(120)}example`, /together exceed 253/),
  host("localhost", /single label/),
  host("", /is empty/),
  host(7, /is 7; give a host/),
  host(undefined, /is undefined; give a host/),
  host("*", /"\*" alone would allow every host.*"\*\.ingest\.sentry\.io"/),
  host("api.*.com", /has a \* that is not its first label/),
  host("*api.stripe.com", /has a \* that is not its first label/),
  host("*.*.stripe.com", /has a \* that is not its first label/),
  host("*.com", /would admit anyone's host, because com is on the Public Suffix List/),
  host("*.co.uk", /co\.uk is on the Public Suffix List/),
  host("*.uk", /uk is on the Public Suffix List/),
  host("*.github.io", /github\.io is on the Public Suffix List/),
  host("*.s3.amazonaws.com", /s3\.amazonaws\.com is on the Public Suffix List/),
  host("*.amazonaws.com", /on the Public Suffix List, is below amazonaws\.com/),
  host("api.egress.local", /below one another/),
  host("egress.dns", /would need the Service that is the DNS server's/),
  host("*.local", /would admit anyone's host|below one another/),
  arg({ networkPolicies: true }, "networkPolicies", /write it as in \{ enabled: false \}/),
  arg({ networkPolicies: { enable: false } }, "networkPolicies.enable", /is not an argument/),
  arg({ networkPolicies: { enabled: "no" } }, "networkPolicies.enabled", /give true or false/),
  arg(
    { networkPolicies: { enabled: false, nodeCidrs: ["10.0.0.0/8"] } },
    "networkPolicies.nodeCidrs",
    /means nothing while networkPolicies\.enabled is false/,
  ),
  arg(
    { networkPolicies: { nodeCidrs: ["10.0.0.1"] } },
    "networkPolicies.nodeCidrs[0]",
    /not a range in CIDR/,
  ),
  arg({ networkPolicies: { apiServerCidrs: "x" } }, "networkPolicies.apiServerCidrs", /is "x"; give a list/),
  arg({ networkPolicies: { apiServerPorts: [0] } }, "networkPolicies.apiServerPorts[0]", /from 1 to 65535/),
  arg({ networkPolicies: { dnsAddresses: ["a"] } }, "networkPolicies.dnsAddresses[0]", /not an IP address/),
  arg(
    { networkPolicies: { clusterDns: { ports: [70000] } } },
    "networkPolicies.clusterDns.ports[0]",
    /from 1 to 65535/,
  ),
  arg(
    { networkPolicies: { clusterDns: { ports: [] } } },
    "networkPolicies.clusterDns.ports",
    /is empty; .*could resolve nothing; left out, they may use 53, 5353 and 8053/,
  ),
  arg(
    { networkPolicies: { apiServerCidrs: [] } },
    "networkPolicies.apiServerCidrs",
    /is empty; .*could not reach the API server at all; left out, it may reach any address/,
  ),
  arg(
    { networkPolicies: { apiServerPorts: [] } },
    "networkPolicies.apiServerPorts",
    /is empty; .*left out, it may use 443 and 6443/,
  ),
  arg(
    { networkPolicies: { clusterDns: { namespace: "A" } } },
    "networkPolicies.clusterDns.namespace",
    /not a namespace's name/,
  ),
  arg(
    { networkPolicies: { clusterDns: { podLabels: {} } } },
    "networkPolicies.clusterDns.podLabels",
    /give at least one label/,
  ),
  arg({ monitoring: { podMonitors: true } }, "monitoring.podMonitors", /is true; write it as in \{ labels: /),
  arg({ monitoring: { podMonitor: {} } }, "monitoring.podMonitor", /podMonitors/),
  arg(
    { monitoring: { prometheusRules: { labels: ["a"] } } },
    "monitoring.prometheusRules.labels",
    /is a list/,
  ),
  arg(
    { monitoring: { prometheusRules: { labels: { release: "a b" } } } },
    "monitoring.prometheusRules.labels.release",
    /is "a b"; give a label's value/,
  ),
  arg({ monitoring: { grafanaDashboards: { folder: "" } } }, "monitoring.grafanaDashboards.folder", /is ""/),
  arg(
    { monitoring: { grafanaDashboards: { labels: { "-x": "1" } } } },
    "monitoring.grafanaDashboards.labels.-x",
    /no label's name/,
  ),
  arg(
    { monitoring: { namespaces: ["a", "a"] } },
    "monitoring.namespaces[1]",
    /is also monitoring\.namespaces\[0\]/,
  ),
  arg(
    { networkPolicies: { enabled: false }, monitoring: { namespaces: ["a"] }, mesh: { mode: "none" } },
    "monitoring.namespaces",
    /means nothing while networkPolicies\.enabled is false/,
  ),
  up({ port: 0 }, "port", /is 0; give an integer from 1 to 65535/),
  up({ port: 65536 }, "port", /from 1 to 65535/),
  up({ port: "443" }, "port", /is "443"/),
  up({ prot: 443 }, "prot", /is not an argument; there are host, port/),
  up({ timeouts: { connect: "5" } }, "timeouts.connect", /"5" is not a duration; .*such as "30s"/),
  up({ timeouts: { response: "0s" } }, "timeouts.response", /out of range/),
  up({ timeouts: { idle: "25h" } }, "timeouts.idle", /out of range/),
  up({ timeouts: { idle: 30 } }, "timeouts.idle", /30 is not a duration/),
  up({ timeouts: { totals: "1s" } }, "timeouts.totals", /is not an argument/),
  up({ timeouts: "5s" }, "timeouts", /write it as in \{ response: "30s" \}/),
  up({ tls: { minVersion: "TLSv1.1" } }, "tls.minVersion", /give one of "TLSv1\.2", "TLSv1\.3"/),
  up({ tls: { serverName: "https://x" } }, "tls.serverName", /has the label/),
  up({ tls: { caCertificates: "nonsense" } }, "tls.caCertificates", /holds no certificate/),
  up(
    { tls: { caCertificates: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----" } },
    "tls.caCertificates",
    /can't be read \(number 1\)/,
  ),
  up({ tls: { caCertificates: "-----BEGIN PRIVATE KEY-----" } }, "tls.caCertificates", /holds a private key/),
  up({ allowedCidrs: "10.0.0.0/8" }, "allowedCidrs", /give a list of ranges/),
  up({ allowedCidrs: ["10.0.0.0"] }, "allowedCidrs[0]", /not a range in CIDR notation/),
  up({ allowedCidrs: ["10.0.0.0/33"] }, "allowedCidrs[0]", /not a range in CIDR notation/),
  up({ allowedCidrs: ["127.0.0.1/32"] }, "allowedCidrs[0]", /covers loopback/),
  up({ allowedCidrs: ["0.0.0.0/0"] }, "allowedCidrs[0]", /covers this network/),
  up({ allowedCidrs: ["169.254.169.254/32"] }, "allowedCidrs[0]", /covers link-local/),
  up({ allowedCidrs: ["168.63.129.16/32"] }, "allowedCidrs[0]", /covers Azure's platform service/),
  up({ allowedCidrs: ["fd00:ec2::254/128"] }, "allowedCidrs[0]", /covers AWS's metadata service/),
  up({ allowedCidrs: ["::/0"] }, "allowedCidrs[0]", /covers loopback/),
  up({ websockets: true, timeouts: { websocket: "forever" } }, "timeouts.websocket", /is not a duration/),
  up({ maxConnections: 0 }, "maxConnections", /give an integer from 1/),
  up({ maxRequests: "many" }, "maxRequests", /give an integer from 1/),
  up({ maxRequestsPerClient: 1.5 }, "maxRequestsPerClient", /give an integer from 1/),
  up({ maxBodyBytes: 5 }, "maxBodyBytes", /write it as in/),
  up({ maxBodyBytes: { request: -1 } }, "maxBodyBytes.request", /give an integer from 0/),
  up({ retries: { budgetPercent: 101 } }, "retries.budgetPercent", /give an integer from 0 to 100/),
  up({ circuitBreaker: { failures: 0 } }, "circuitBreaker.failures", /give an integer from 1/),
  up({ circuitBreaker: { reset: "x" } }, "circuitBreaker.reset", /is not a duration/),
  up({ rateLimit: {} }, "rateLimit.requests", /is missing/),
  up({ rateLimit: { requests: 1, period: 1 } }, "rateLimit.period", /is not a duration/),
  up({ websockets: "yes" }, "websockets", /give true or false/),
  up({ sharedSuffix: true }, "sharedSuffix", /means nothing for the exact host/),
  up({ timeouts: { websocket: "1h" } }, "timeouts.websocket", /means nothing without `websockets: true`/),
  host("10.0.0.1:443", /has a port; .*for example "api\.stripe\.com"/),
  host("*:443", /has a port/),
  host("api.stripe.com:https", /has a port; .*for example "api\.stripe\.com"/),
  host("kubernetes.default.svc.cluster.local", /is a name of the cluster itself/),
  arg(
    { domain: "co.uk" },
    "domain",
    /would capture names of others, because co\.uk is on the Public Suffix List/,
  ),
  arg({ resources: { cpu: "1" } }, "resources.cpu", /is not an argument; there are requests, limits/),
  arg(
    { resources: { requests: { cpus: "1" } } },
    "resources.requests.cpus",
    /is not an argument; there are cpu, memory/,
  ),
  arg({ dns: { resources: { limit: {} } } }, "dns.resources.limit", /is not an argument/),
  arg({ dns: { mode: "none", resources: {} } }, "dns.resources", /means nothing while dns\.mode is "none"/),
  arg(
    { dns: { mode: "manual", controllerNamespace: "x" } },
    "dns.controllerNamespace",
    /means nothing while/,
  ),
  arg(
    { dns: { target: "corefile" } },
    "dns.target",
    /give one of "coredns", "corednsCustom", "kubeDns", "openshift"/,
  ),
  arg({ dns: { target: pulumi.output("kubeDns") } }, "dns.target", /is an Output/),
  arg(
    { dns: { mode: "manual", target: "coredns" } },
    "dns.target",
    /means nothing while dns\.mode is "manual"/,
  ),
  arg(
    { dns: { mode: "none", nodeLocalDns: true } },
    "dns.nodeLocalDns",
    /means nothing while dns\.mode is "none"/,
  ),
  arg({ dns: { nodeLocalDns: "yes" } }, "dns.nodeLocalDns", /give true or false/),
  arg(
    { dns: { target: "kubeDns", nodeLocalDns: true } },
    "dns.nodeLocalDns",
    /reads kube-dns' stubDomains by itself/,
  ),
  arg({ dns: { target: "openshift", nodeLocalDns: true } }, "dns.nodeLocalDns", /not for OpenShift/),
  arg(
    { dns: { target: "nodeLocalDns", nodeLocalDns: true } },
    "dns.nodeLocalDns",
    /is what dns\.target says/,
  ),
  arg({ dns: { configMap: "coredns" } }, "dns.configMap", /write it as in \{ name: "coredns" \}/),
  arg({ dns: { configMap: { map: "x" } } }, "dns.configMap.map", /is not an argument/),
  arg({ dns: { configMap: { name: "Core_DNS" } } }, "dns.configMap.name", /is not an object's name/),
  arg({ dns: { configMap: { name: "a".repeat(52) } } }, "dns.configMap.name", /at most 51 characters/),
  arg({ dns: { configMap: { namespace: "a.b" } } }, "dns.configMap.namespace", /not a namespace's name/),
  arg({ dns: { configMap: { key: "a/b" } } }, "dns.configMap.key", /is not a ConfigMap's key/),
  arg({ dns: { configMap: { key: ".." } } }, "dns.configMap.key", /is not a ConfigMap's key/),
  arg({ dns: { configMap: { corefile: "base" } } }, "dns.configMap.corefile", /that a Corefile imports/),
  arg({ dns: { configMap: pulumi.output({ name: "x" }) } }, "dns.configMap", /is an Output/),
  arg({ dns: { configMap: { name: pulumi.output("x") } } }, "dns.configMap.name", /is an Output/),
  arg({ dns: { target: "openshift", configMap: {} } }, "dns.configMap", /with the target "openshift"/),
  arg({ dns: { target: "nodeLocalDns", configMap: {} } }, "dns.configMap", /with the target "nodeLocalDns"/),
  arg({ dns: { mode: "none", configMap: {} } }, "dns.configMap", /means nothing while dns\.mode is "none"/),
  arg({ dns: { service: "kube_dns" } }, "dns.service", /is not an object's name/),
  arg({ dns: { mode: "manual", service: "x" } }, "dns.service", /means nothing while dns\.mode is "manual"/),
  arg({ dns: { target: "nodeLocalDns", service: "x" } }, "dns.service", /with the target "nodeLocalDns"/),
  arg(
    { dns: { nodeLocalConfigMap: {} } },
    "dns.nodeLocalConfigMap",
    /means nothing without dns\.nodeLocalDns/,
  ),
  arg(
    { dns: { nodeLocalDns: true, nodeLocalConfigMap: { format: "json" } } },
    "dns.nodeLocalConfigMap.format",
    /give one of "corefile", "imported", "stubDomains"/,
  ),
  arg(
    { dns: { nodeLocalDns: true, nodeLocalConfigMap: { corefile: "x" } } },
    "dns.nodeLocalConfigMap.corefile",
    /that a Corefile imports/,
  ),
  arg(
    { dns: { nodeLocalDns: true, nodeLocalConfigMap: { name: "coredns" } } },
    "dns.nodeLocalConfigMap.name",
    /is the ConfigMap of dns\.target too/,
  ),
  arg({ dns: { controllerNamespace: "X" } }, "dns.controllerNamespace", /is not a namespace's name/),
  arg(
    { mesh: { mode: "none", trustDomain: "x.y" } },
    "mesh.trustDomain",
    /means nothing while mesh\.mode is "none"/,
  ),
  arg(
    { mesh: { mode: "none", proxyResources: {} } },
    "mesh.proxyResources",
    /means nothing while mesh\.mode is "none"/,
  ),
  arg(
    { mesh: { proxyResources: { limits: { cpu: "1 core" } } } },
    "mesh.proxyResources.limits.cpu",
    /give a Kubernetes quantity, such as "100m"/,
  ),
  arg({ resources: { limits: { memory: "1GB" } } }, "resources.limits.memory", /such as "256Mi"/),
  arg({ dns: { resources: { requests: { cpu: -1 } } } }, "dns.resources.requests.cpu", /give a Kubernetes/),
  arg(
    { imagePullSecrets: "regcred" },
    "imagePullSecrets",
    /give a list of names of Secrets, such as \["registry"\]/,
  ),
  arg({ labels: ["a"] }, "labels", /give texts by name/),
  arg({ podAnnotations: { a: 1 } }, "podAnnotations", /give texts by name/),
  arg({ nodeSelector: "x" }, "nodeSelector", /give texts by name/),
  arg({ tolerations: {} }, "tolerations", /give a list of tolerations/),
  arg({ priorityClassName: 1 }, "priorityClassName", /give a name/),
  arg({ credentials: pulumi.output({}) }, "credentials", /is an Output/),
  up({ timeouts: { connect: pulumi.output("1s") } }, "timeouts.connect", /is an Output/),
  host(pulumi.output("a.example"), /is an Output/),
  arg(
    {
      image: undefined,
      build: {
        repository: "r.example.com/x",
        registry: { server: "r", username: "u", password: "p", passwrod: "p" },
      },
    },
    "build.registry.passwrod",
    /is not an argument; there are server, username, password/,
  ),
  up({ allow: [] }, "allow", /is empty, which admits nobody/),
  up({ allow: [{ client: [] }] }, "allow[0].client", /is not an argument; there are clients, methods, paths/),
  up({ allow: [{ clients: [] }] }, "allow[0].clients", /is empty/),
  up(
    { allow: [{ clients: [{ namespace: "Shop" }] }] },
    "allow[0].clients[0].namespace",
    /is no namespace's name/,
  ),
  up(
    { allow: [{ clients: [{ namespace: "shop", serviceAccount: "web.v2" }] }] },
    "allow[0].clients[0].serviceAccount",
    /^.*"web\.v2" has a dot, and Linkerd gives such a service account no identity/,
  ),
  up(
    { allow: [{ clients: [{ serviceAccount: "a" }] }] },
    "allow[0].clients[0].namespace",
    /is no namespace's name/,
  ),
  up({ allow: [{ methods: ["get"] }] }, "allow[0].methods[0]", /give a method in capitals/),
  ...["TRACE", "CONNECT", "trace", "PRI", "L IST", "Post", "L".repeat(65)].map((method) =>
    up(
      { allow: [{ methods: [method] }] },
      "allow[0].methods[0]",
      /give a method in capitals, such as "GET" or "LIST"; .* CONNECT and TRACE are refused for every upstream/,
    ),
  ),
  up({ allow: [{ paths: ["v1"] }] }, "allow[0].paths[0]", /give a path or pattern/),
  up({ allow: [{ paths: ["/a/../b"] }] }, "allow[0].paths[0]", /give a path or pattern/),
  arg(
    { mesh: { mode: "none" }, monitoring: { namespaces: ["a"], meshed: true } },
    "monitoring.meshed",
    /means nothing while mesh\.mode is "none"/,
  ),
  arg({ monitoring: { namespaces: ["a"], meshed: "yes" } }, "monitoring.meshed", /give true or false/),
  arg({ mesh: { egressNetwork: "no" } }, "mesh.egressNetwork", /give true or false/),
  arg({ mesh: { admissionPolicy: "no" } }, "mesh.admissionPolicy", /give true or false/),
  arg(
    { mesh: { mode: "optional", admissionPolicy: true } },
    "mesh.admissionPolicy",
    /is for mesh\.mode "required"/,
  ),
  arg(
    { mesh: { mode: "none", egressNetwork: false } },
    "mesh.egressNetwork",
    /means nothing while mesh\.mode is "none"/,
  ),
  ...["abc", "0", "65536", "8080", "1e3"].map((port) =>
    arg(
      { podAnnotations: { "config.linkerd.io/admin-port": port } },
      'podAnnotations["config.linkerd.io/admin-port"]',
      /give a port other than 8080/,
    ),
  ),
  arg({ mesh: { trustDomain: "Cluster" } }, "mesh.trustDomain", /has capitals/),
  arg({ log: { percent: 101 } }, "log.percent", /give an integer from 0 to 100/),
  arg({ credentials: { stripe: { value: "k" } } }, "credentials.stripe", /is used by no upstream/),
  arg({ upstreams: [] }, "upstreams", /is empty; name at least one/),
  arg({ upstreams: undefined }, "upstreams", /is undefined; give a list/),
  arg({ upstreams: { host: "a.example" } }, "upstreams", /give a list/),
  arg(
    { upstreams: ["api.stripe.com"] },
    "upstreams[0]",
    /is "api\.stripe\.com"; give an upstream, such as \{ host/,
  ),
  arg({ upstreams: pulumi.output([{ host: "a.example" }]) }, "upstreams", /is an Output.*give a plain value/),
  arg({ upstreams: Promise.resolve([]) }, "upstreams", /is an Output/),
  arg({ domain: pulumi.output("egress.local") }, "domain", /is an Output/),
  arg({ namespace: pulumi.output("egress") }, "namespace", /is an Output/),
  arg({ createNamespace: pulumi.output(true) }, "createNamespace", /is an Output/),
  arg({ createNamespace: "yes" }, "createNamespace", /give true or false/),
  arg({ drain: pulumi.output("60s") }, "drain", /is an Output/),
  arg({ dns: pulumi.output({}) }, "dns", /is an Output/),
  arg({ mesh: { mode: pulumi.output("none") } }, "mesh.mode", /is an Output/),
  arg({ domain: "egress" }, "domain", /single label/),
  arg({ domain: "cluster.local" }, "domain", /would capture names of the cluster/),
  arg({ domain: "svc.cluster.local" }, "domain", /would capture names of the cluster/),
  arg({ domain: "10.in-addr.arpa" }, "domain", /would capture reverse look-ups/),
  arg({ domain: "Egress.local" }, "domain", /has capitals/),
  arg({ domain: "egress.local." }, "domain", /ends in a dot; write "egress\.local"/),
  arg({ domain: "egress local.x" }, "domain", /has a space/),
  // The proxy would refuse its policy: a Host below it is an IPv4 address to URL parsers.
  arg({ domain: "egress.1" }, "domain", /read as an IP address; give a name such as "egress\.local"/),
  arg({ dns: { clusterDomain: "k8s.0x1" } }, "dns.clusterDomain", /read as an IP address/),
  arg({ domain: "stripe.com" }, "upstreams[0].host", /below one another/),
  arg({ domain: "x.api.stripe.com" }, "upstreams[0].host", /below one another/),
  arg(
    { domain: "local.k8s", dns: { clusterDomain: "k8s" } },
    "domain",
    /would capture names of the cluster \("k8s"\)/,
  ),
  arg({ namespace: "Egress" }, "namespace", /lower-case letters/),
  arg({ namespace: "a".repeat(64) }, "namespace", /at most 63/),
  arg({ namespace: "kube-system" }, "namespace", /never injected/),
  arg({ image: undefined }, "build", /neither `build` nor `image` is given, and .+ no published image/),
  arg({ build: { repository: "r.example.com/x" } }, "image", /stands with `build`; leave one out/),
  arg({ image: "registry.example.com/egress:1" }, "image", /not an image by digest/),
  arg(
    { image: undefined, build: {} },
    "build.repository",
    /is undefined; write it as in build: \{ repository/,
  ),
  arg(
    { image: undefined, build: { repository: "https://r.example.com/x" } },
    "build.repository",
    /has a scheme/,
  ),
  arg(
    { image: undefined, build: { repository: "r.example.com/x:1" } },
    "build.repository",
    /has a tag or digest/,
  ),
  arg(
    { image: undefined, build: { repository: "r.example.com/X Y" } },
    "build.repository",
    /not a repository's name/,
  ),
  arg(
    { image: undefined, build: { repository: "r.example.com/x", platform: "amd64" } },
    "build.platform",
    /os\/architecture/,
  ),
  arg(
    { image: undefined, build: { repository: "r.example.com/x", baseImage: "node:24" } },
    "build.baseImage",
    /by digest/,
  ),
  arg(
    { image: undefined, build: { repository: "r.example.com/x", registry: { server: "r", username: "u" } } },
    "build.registry.password",
    /is missing/,
  ),
  arg({ replicas: 0 }, "replicas", /integer from 1/),
  arg({ replicas: 1.5 }, "replicas", /integer from 1/),
  arg({ drain: "soon" }, "drain", /not a duration/),
  arg({ drain: "500ms" }, "drain", /out of range; give 1s to 1h/),
  arg({ mesh: { mode: "istio" } }, "mesh.mode", /give one of "required", "optional", "none"/),
  arg({ mesh: { injected: true } }, "mesh.injected", /is not an argument/),
  arg({ dns: { mode: "stub" } }, "dns.mode", /give one of "stubDomain", "manual", "none"/),
  arg({ dns: { image: "coredns" } }, "dns.image", /by digest/),
  arg({ dns: { clusterDomain: "Cluster" } }, "dns.clusterDomain", /has capitals/),
  arg({ log: { level: "verbose" } }, "log.level", /give one of/),
  arg({ upstream: [] }, "upstream", /is not an argument; there are upstreams, credentials, domain/),
];

describe("checkArguments", () => {
  it("accepts the least and the most", () => {
    assert.deepEqual(problems(good), []);
    assert.deepEqual(
      problems({
        upstreams: [
          { host: "api.stripe.com", port: 8443, timeouts: { connect: "500ms", response: "1h", idle: "5m" } },
          {
            host: "*.stripe.com",
            tls: { minVersion: "TLSv1.3" },
            allowedCidrs: ["100.64.0.0/10", "fd00::/8"],
          },
          { host: "xn--bcher-kva.example", tls: { serverName: "other.example" } },
        ],
        domain: "out.example.internal",
        namespace: "platform-egress",
        createNamespace: false,
        build: {
          repository: pulumi.output("registry.example.com:5000/platform/egress-proxy"),
          registry: { server: "registry.example.com:5000", username: "u", password: pulumi.secret("p") },
          platform: "linux/arm64",
          baseImage: `gcr.io/distroless/nodejs24${DIGEST}`,
        },
        imagePullSecrets: [pulumi.output("pull")],
        replicas: pulumi.output(3),
        resources: { limits: { memory: pulumi.output("1Gi") } },
        labels: pulumi.output({ team: "platform" }),
        podAnnotations: { a: pulumi.output("b") },
        nodeSelector: { a: "b" },
        tolerations: [{ key: pulumi.output("a"), operator: "Exists" }],
        priorityClassName: pulumi.output("high"),
        drain: "2m",
        mesh: { mode: "none" },
        dns: { mode: "manual", clusterDomain: "k8s.example", image: pulumi.output("x"), resources: {} },
        log: { level: "debug" },
      }),
      [],
    );
  });

  for (const { args, path, says } of cases) {
    it(`${path}: ${says.source}`, () => {
      const found = problems(args);
      assert.equal(found.length, 1, `one problem, not ${JSON.stringify(found)}`);
      assert.ok(found[0]!.startsWith(`${path}: `), `${found[0]!} begins with ${path}`);
      assert.match(found[0]!, says);
    });
  }

  const rule = { clients: [{ namespace: "shop" }], methods: ["POST"], paths: ["/v1/**"] };
  const withKey = (more: object, credential: object = { value: pulumi.secret("k") }) => ({
    ...good,
    credentials: { stripe: credential },
    upstreams: [
      {
        host: "api.stripe.com",
        allow: [rule],
        setHeaders: { authorization: { credential: "stripe" } },
        ...more,
      },
    ],
  });

  it("accepts any token as a method", () =>
    assert.deepEqual(
      upstream({ host: "a.com", allow: [{ methods: ["LIST", "M-SEARCH", "list", "x!#$%&'*+-.^_`|~9"] }] }),
      [],
    ));

  it("accepts a key only where every rule names clients, methods and paths, and never for a wildcard", () => {
    assert.deepEqual(problems(withKey({})), []);
    for (const allow of [
      undefined,
      [rule, { ...rule, clients: undefined }],
      [{ clients: rule.clients, methods: ["GET"] }],
    ]) {
      assert.match(
        problems(withKey({ allow }))[0] ?? "",
        /^upstreams\[0\]\.setHeaders: gives clients the third party's key/,
      );
    }
    assert.match(problems(withKey({ host: "*.stripe.com" }))[0] ?? "", /can't stand with the wildcard/);
  });

  it("refuses header fields that are the proxy's own, and prefixes that are no text", () => {
    for (const name of [
      "host",
      "Authorization",
      "l5d-client-id",
      "x_key",
      "connection",
      "x-forwarded-for",
      "traceparent",
    ]) {
      const found = problems(withKey({ setHeaders: { [name]: { credential: "stripe" } } }));
      assert.match(found[0] ?? "", /is a field that can't be set/, name);
    }
    const found = problems(
      withKey({ setHeaders: { authorization: { credential: "stripe", prefix: "a\r\n" } } }),
    );
    assert.match(found[0] ?? "", /prefix: is .*; give printable ASCII/);
  });

  it("takes a credential from a value or from a Secret, and shows no value", () => {
    assert.deepEqual(problems(withKey({}, { secretName: "keys", key: "stripe" })), []);
    for (const credential of [{}, { value: "k", key: "a" }, { secretName: "a" }, { key: "a" }]) {
      assert.match(
        problems(withKey({}, credential))[0] ?? "",
        /credentials\.stripe: give either `value`, or/,
      );
    }
    assert.doesNotMatch(problems(withKey({}, { value: "s3ntinel", other: 1 })).join(), /s3ntinel/);
    assert.doesNotMatch(problems({ ...good, credentials: "s3ntinel" }).join(), /s3ntinel/);
    assert.doesNotMatch(problems({ ...good, credentials: { stripe: "s3ntinel" } }).join(), /s3ntinel/);
  });

  it("refuses rules that name clients where nobody vouches for them", () => {
    const found = problems({
      ...good,
      mesh: { mode: "none" },
      upstreams: [{ host: "a.example", allow: [rule] }],
    });
    assert.deepEqual(found, [
      'upstreams[0].allow[0].clients: needs mesh.mode "required" or "optional": without a mesh nobody vouches for who calls.',
    ]);
    const upstreams = [{ host: "a.example", allow: [rule] }];
    assert.deepEqual(problems({ ...good, mesh: { mode: "optional" }, upstreams }), []);
  });

  it("accepts a wildcard over a shared suffix where every rule names clients", () => {
    const host = "*.s3.amazonaws.com";
    assert.deepEqual(problems({ ...good, upstreams: [{ host, sharedSuffix: true, allow: [rule] }] }), []);
    assert.match(
      problems({ ...good, upstreams: [{ host, allow: [rule] }] })[0] ?? "",
      /say sharedSuffix: true/,
    );
  });

  it("refuses a name that makes no Kubernetes names", () => {
    for (const name of ["My_Egress", "", "-a", "a".repeat(41)]) {
      assert.match(problems(good, name)[0] ?? "", /^name: .*such as "egress"/);
    }
  });

  it("refuses a host that is listed twice, and says where the first is", () => {
    assert.deepEqual(
      problems({ ...good, upstreams: [{ host: "a.example" }, { host: "b.example" }, { host: "a.example" }] }),
      [`upstreams[2].host: "a.example" is also upstreams[0]; name each host once.`],
    );
  });

  it("refuses credentials that there are not, and says which there are", () => {
    const tls = { clientCertificate: { certificate: "partner", privateKey: "stripe" } };
    assert.deepEqual(
      problems({ ...good, credentials: { stripe: { value: "k" } }, upstreams: [{ host: "a.example", tls }] }),
      [
        'upstreams[0].tls.clientCertificate.certificate: "partner" is not in `credentials`; there are stripe; ' +
          'add it there, as in { stripe: { value: config.requireSecret("stripe") } }.',
      ],
    );
  });

  it("refuses a server name for a wildcard", () => {
    assert.match(
      upstream({ host: "*.example.net", tls: { serverName: "x.example" } })[0] ?? "",
      /tls\.serverName: can't stand with the wildcard/,
    );
  });

  it("refuses more than 1,000 upstreams and accepts 1,000", () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ host: `h${index}.example.net` }));
    assert.deepEqual(problems({ ...good, upstreams: many(1000) }), []);
    assert.match(
      problems({ ...good, upstreams: many(1001) })[0] ?? "",
      /^upstreams: has 1001 entries; at most 1000/,
    );
  });

  it("refuses what makes a policy beyond the limit of a ConfigMap", () => {
    const allow = [
      { paths: Array.from({ length: 900 }, (_, index) => `/a/rather/long/path/number/${index}`) },
    ];
    const upstreams = Array.from({ length: 50 }, (_, index) => ({ host: `h${index}.example.net`, allow }));
    assert.match(
      problems({ ...good, upstreams })[0] ?? "",
      /^upstreams: make a policy of \d+ bytes; a ConfigMap holds/,
    );
  });

  it("refuses what makes a zone beyond the limit of a ConfigMap, where there is a zone", () => {
    // Below the wildcard, each of their labels takes two records.
    const deep = Array.from({ length: 60 }, (_, index) => ({
      host: `${"a.".repeat(80)}h${index}.example.net`,
    }));
    const upstreams = [{ host: "*.example.net" }, ...deep];
    assert.match(
      problems({ ...good, upstreams })[0] ?? "",
      /^upstreams: make a zone of \d+ bytes; a ConfigMap holds/,
    );
    assert.deepEqual(problems({ ...good, upstreams, dns: { mode: "none" } }), []);
  });

  it("refuses a wildcard over a shared suffix whose rules name no clients", () => {
    const found = problems({ ...good, upstreams: [{ host: "*.s3.amazonaws.com", sharedSuffix: true }] });
    assert.match(found[0] ?? "", /every rule in `allow` must name `clients`/);
  });

  it("reports every mistake at once, each on its line", () => {
    const report = checkArguments("egress", {
      upstreams: [{ host: "https://a.example" }, { host: "*" }],
      drain: "x",
    }).report('EgressProxy "egress"');
    assert.equal(report.split("\n").length, 1 + 4);
    assert.match(
      report,
      /^EgressProxy "egress": 4 arguments are wrong, nothing was created\.\n {2}build:|upstreams\[0\]/,
    );
  });

  it("never repeats a private key or a long value whole", () => {
    const key = `-----BEGIN PRIVATE KEY-----${"s3cret".repeat(50)}`;
    assert.doesNotMatch(upstream({ host: "a.example", tls: { caCertificates: key } }).join(), /s3crets3cret/);
  });
});
