import { DnsMode } from "../args/dns";
import { policyFiles } from "../../proxy-image/src/contract/policy/files";
import { compilePolicy } from "../policy";
import type { Settings } from "../settings";
import { zoneText } from "../zone";
import type { Problems } from "./checks/problems";

/** Kubernetes' limit for a ConfigMap, 1 MiB, less its keys and metadata. */
const MAX_BYTES = 1_040_000;

/** Adds a problem if policy or zone is too large for its ConfigMap. Only for valid arguments. */
export function checkSizes(settings: Settings, problems: Problems): void {
  const policy = Buffer.byteLength(
    Object.entries(policyFiles(compilePolicy(settings)))
      .flat()
      .join(""),
  );
  if (policy > MAX_BYTES) {
    problems.add(
      "upstreams",
      `make a policy of ${policy} bytes; a ConfigMap holds ${MAX_BYTES}: share or shorten caCertificates, or split them over several EgressProxy`,
    );
  }
  if (settings.dns === DnsMode.None) return;
  const zone = Buffer.byteLength(zoneText(settings, "egress-dns"));
  if (zone > MAX_BYTES) {
    problems.add(
      "upstreams",
      `make a zone of ${zone} bytes; a ConfigMap holds ${MAX_BYTES}: hosts with many labels below a wildcard take a record for each label, so leave out those that the wildcard covers, or split them over several EgressProxy`,
    );
  }
}
