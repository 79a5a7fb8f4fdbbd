import { coredns } from "./coredns";
import { corednsCustom } from "./coredns-custom";
import { kubeDns } from "./kube-dns";
import { nodeLocalDns } from "./node-local-dns";
import { openshift } from "./openshift";
import type { TargetRef } from "../../contract/stub-domain/target-ref";
import type { Target } from "./target";

/** The kind of target that a reference names. */
export function targetOf({ kind = "coredns", key }: TargetRef): Target {
  switch (kind) {
    case "coredns":
      return coredns;
    case "corednsCustom":
      return corednsCustom(key);
    case "kubeDns":
      return kubeDns;
    case "nodeLocalDns":
      return nodeLocalDns;
    case "openshift":
      return openshift;
  }
}
