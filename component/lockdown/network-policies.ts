import * as k8s from "@pulumi/kubernetes";
import { LockdownMode } from "../args/lockdown";
import type { LockdownContext } from "./context";
import { outboundTraffic } from "./outbound-traffic";

/** Lets every pod of each namespace send only where `outboundTraffic` says. In audit there are none. */
export function createNetworkPolicies({ name, settings, labels, parent }: LockdownContext): void {
  if (settings.mode !== LockdownMode.Enforce) return;
  for (const namespace of settings.namespaces) {
    new k8s.networking.v1.NetworkPolicy(
      `${name}-${namespace}`,
      {
        metadata: { name, namespace, labels },
        spec: { podSelector: {}, policyTypes: ["Egress"], egress: outboundTraffic(settings) },
      },
      { parent },
    );
  }
}
