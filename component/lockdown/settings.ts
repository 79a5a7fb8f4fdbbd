import { NODE_DNS_ADDRESSES } from "../network-policy/settings";
import { type Destination, type EgressLockdownArgs, LockdownMode } from "../args/lockdown";

/** Arguments of an EgressLockdown with every default filled in. */
export interface LockdownSettings {
  namespaces: string[];
  mode: LockdownMode;
  proxyNamespace: string;
  destinations: Destination[];
  dnsAddresses: string[];
  /** Undefined: no mesh. */
  mesh: SidecarSettings | undefined;
  admissionPolicy: boolean;
}

/** How to recognise Linkerd's own containers. */
export interface SidecarSettings {
  proxyUid: number;
  /** Undefined: any. */
  proxyImage: string | undefined;
}

/** Adds the defaults to validated arguments. */
export function lockdownSettings(args: EgressLockdownArgs): LockdownSettings {
  const { mesh } = args;
  return {
    namespaces: args.namespaces,
    mode: args.mode ?? LockdownMode.Enforce,
    proxyNamespace: args.proxyNamespace ?? "egress",
    // An Output among them was an error of validation.
    destinations: (args.destinations ?? []) as Destination[],
    dnsAddresses: args.dnsAddresses ?? [...NODE_DNS_ADDRESSES],
    mesh:
      mesh?.enabled === false
        ? undefined
        : { proxyUid: mesh?.proxyUid ?? 2102, proxyImage: mesh?.proxyImage },
    admissionPolicy: args.admissionPolicy ?? true,
  };
}
