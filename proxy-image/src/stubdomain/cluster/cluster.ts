import type { ObjectName, Right } from "../../contract/stub-domain/objects";

/** The last writer of some fields of an object: one entry of `metadata.managedFields`. */
export interface ManagedFields {
  manager?: string;
  operation?: string;
  apiVersion?: string;
  time?: string;
  fieldsType?: string;
  fieldsV1?: FieldSet;
  subresource?: string;
}

/** Fields as `f:` keys, nested like the object. */
export interface FieldSet {
  [field: string]: FieldSet;
}

export interface Metadata extends ObjectName {
  uid?: string;
  resourceVersion?: string;
  deletionTimestamp?: string;
  annotations?: Record<string, string>;
  finalizers?: string[];
  managedFields?: ManagedFields[];
}

export interface ConfigMap {
  metadata: Metadata;
  data?: Record<string, string>;
  binaryData?: Record<string, string>;
  immutable?: boolean;
}

/** OpenShift's `operator.openshift.io/v1` DNS, with the fields that are used here: cluster-scoped. */
export interface DnsOperator {
  metadata: Metadata;
  spec?: { servers?: unknown[]; managementState?: string };
}

/** The object that a stub domain is written into. */
export type TargetObject = (ConfigMap & { spec?: undefined }) | (DnsOperator & { data?: undefined });

/** The kind of cluster. */
export interface Platform {
  /** Such as "v1.36.3-gke.100". */
  version: string;
  /** The API groups that it serves. */
  groups: string[];
}

export interface Service {
  metadata: Metadata;
  spec?: { clusterIP?: string };
}

export interface EndpointSlice {
  endpoints?:
    | {
        addresses: string[];
        conditions?: { ready?: boolean };
        /** The pod. */
        targetRef?: { name?: string };
      }[]
    | null;
  ports?: { name?: string; protocol?: string; port?: number }[] | null;
}

/** A JSON merge patch (RFC 7396): `null` removes. */
export interface Patch {
  metadata: {
    /** The version that was read: the patch fails with a conflict if the cluster has another one. */
    resourceVersion: string;
    annotations?: Record<string, string | null>;
    finalizers?: string[];
    managedFields?: ManagedFields[];
  };
}

export interface ConfigMapPatch extends Patch {
  data?: Record<string, string | null>;
}

export interface DnsOperatorPatch extends Patch {
  spec?: { servers: unknown[] | null };
}

export interface ClusterEvent {
  type: "Normal" | "Warning";
  /** One word in CamelCase. */
  reason: string;
  message: string;
}

/** The operations that are needed of the Kubernetes API. All methods throw {@link ApiError}. */
export interface Cluster {
  configMap(name: ObjectName): Promise<ConfigMap | undefined>;
  /** All ConfigMaps with a label, in all namespaces. */
  configMapsLabelled(label: string): Promise<ConfigMap[]>;
  patchConfigMap(name: ObjectName, patch: ConfigMapPatch): Promise<ConfigMap>;
  createConfigMap(object: ConfigMap): Promise<ConfigMap>;
  /** Deletes exactly the version that was read: another one is a conflict. */
  deleteConfigMap(object: ConfigMap): Promise<void>;
  dnsOperator(name: string): Promise<DnsOperator | undefined>;
  patchDnsOperator(name: string, patch: DnsOperatorPatch): Promise<DnsOperator>;
  platform(): Promise<Platform>;
  service(name: ObjectName): Promise<Service | undefined>;
  endpointSlices(namespace: string, labelSelector: string): Promise<EndpointSlice[]>;
  isAllowed(right: Right): Promise<boolean>;
  /** Attaches an event to a ConfigMap. */
  emit(about: ConfigMap, event: ClusterEvent): Promise<void>;
}

/** The API server rejected a request, or could not be reached. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  /**
   * @param message the request, and the response
   * @param status HTTP status; 0 if there was no response
   */
  constructor(
    message: string,
    readonly status: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** The object has changed since it was read: read it again. */
  get isConflict(): boolean {
    return this.status === 409;
  }

  /** The same request may succeed later. */
  get isTransient(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** `namespace/name` */
export function nameText({ namespace, name }: ObjectName): string {
  return `${namespace}/${name}`;
}
