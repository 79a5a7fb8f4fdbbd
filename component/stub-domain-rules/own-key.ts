import type { TargetKind, TargetRef } from "../../proxy-image/src/contract/stub-domain/target-ref";

/** The key of the target that is ours, and whether the ConfigMap may be missing. */
export interface OwnKey {
  name: string;
  mayBeMade: boolean;
}

export function ownKey({ kind = "coredns", key = "" }: TargetRef): OwnKey | undefined {
  const keys: Record<TargetKind, OwnKey | undefined> = {
    coredns: { name: "Corefile", mayBeMade: false },
    corednsCustom: { name: key, mayBeMade: true },
    kubeDns: { name: "stubDomains", mayBeMade: true },
    nodeLocalDns: { name: "Corefile", mayBeMade: false },
    openshift: undefined,
  };
  return keys[kind];
}
