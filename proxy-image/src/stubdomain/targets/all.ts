import { corefileTarget } from "./coredns";
import { importedTarget } from "./imported";
import { stubDomains } from "./kube-dns";
import { nodeLocalDns } from "./node-local-dns";
import { openshift } from "./openshift";
import type { TargetRef } from "../../contract/stub-domain/target-ref";
import type { Target } from "./target";

/**
 * The kind of target that a reference names.
 *
 * @throws TargetError if it lacks a key that its kind needs
 */
export function targetOf(ref: TargetRef): Target {
  const { kind = "coredns", key } = ref;
  switch (kind) {
    case "coredns":
      return corefileTarget(key);
    case "corednsCustom":
    case "nodeLocalDnsCustom":
      return importedTarget(ref);
    case "kubeDns":
    case "nodeLocalStubDomains":
      return stubDomains(key);
    case "nodeLocalDns":
      return nodeLocalDns(key);
    case "openshift":
      return openshift;
  }
}
