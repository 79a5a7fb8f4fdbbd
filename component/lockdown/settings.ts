import { NODE_DNS_ADDRESSES } from "../network-policy/settings";
import { type Destination, type EgressLockdownArgs, LockdownMode } from "../args/lockdown";

/** Arguments of an EgressLockdown with every default filled in. */
export interface LockdownSettings {
  namespaces: string[];
  mode: LockdownMode;
  destinations: Destination[];
  dnsAddresses: string[];
  /** Undefined: no mesh. */
  mesh: SidecarSettings | undefined;
  admissionPolicy: boolean;
}

/** Linkerd, and how to recognise its own containers. */
export interface SidecarSettings {
  proxyUid: number;
  /** Undefined: any. */
  proxyImage: string | undefined;
  tlsRoutes: boolean;
}

/** Adds the defaults to validated arguments. */
export function lockdownSettings(args: EgressLockdownArgs): LockdownSettings {
  const { mesh } = args;
  return {
    namespaces: args.namespaces,
    mode: args.mode ?? LockdownMode.Enforce,
    // An Output among them was an error of validation.
    destinations: (args.destinations ?? []) as Destination[],
    dnsAddresses: args.dnsAddresses ?? [...NODE_DNS_ADDRESSES],
    mesh:
      mesh?.enabled === false
        ? undefined
        : {
            proxyUid: mesh?.proxyUid ?? 2102,
            proxyImage: mesh?.proxyImage,
            tlsRoutes: mesh?.tlsRoutes ?? true,
          },
    admissionPolicy: args.admissionPolicy ?? true,
  };
}
