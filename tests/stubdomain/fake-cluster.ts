import type { ObjectName, Right } from "../../proxy-image/src/contract/stub-domain/objects";
import { GATE_LABEL } from "../../proxy-image/src/contract/stub-domain/removal-gate";
import { FIELD_MANAGER } from "../../proxy-image/src/contract/stub-domain/anchor";
import {
  ApiError,
  nameText,
  type Cluster,
  type ClusterEvent,
  type ConfigMap,
  type ConfigMapPatch,
  type DnsOperator,
  type DnsOperatorPatch,
  type EndpointSlice,
  type FieldSet,
  type ManagedFields,
  type Patch,
  type Platform,
  type Service,
  type TargetObject,
} from "../../proxy-image/src/stubdomain/cluster/cluster";

type Field = readonly [parent: string, child: string];

/**
 * The API server's part in a stub domain, in memory: versions and conflicts, deletion with finalizers, and who owns
 * which key. What the real one does beyond this is tested with the real one.
 */
export class FakeCluster implements Cluster {
  readonly configMaps = new Map<string, ConfigMap>();
  /** OpenShift's, cluster-scoped; absent elsewhere. */
  operator: DnsOperator | undefined;
  kind: Platform = { version: "v1.36.3", groups: ["apps"] };
  readonly services = new Map<string, Service>();
  readonly events: ClusterEvent[] = [];
  /** Every text that was ever written as a Corefile. */
  readonly corefiles: string[] = [];
  readonly forbidden = new Set<string>();
  /** Called with the number of each patch, before it takes effect and after: throws to cut the client off there. */
  onPatch: (count: number, when: "before" | "after") => void = () => undefined;
  slices: EndpointSlice[] = [];
  private version = 1;
  private patches = 0;

  create(
    name: ObjectName,
    object: Omit<ConfigMap, "metadata"> & { metadata?: Partial<ConfigMap["metadata"]> },
  ): void {
    const metadata = { ...name, uid: nameText(name), ...object.metadata };
    this.store({ ...object, metadata });
  }

  /** What `kubectl edit` does: another manager owns the Corefile then. */
  edit(name: ObjectName, manager: string, text: string, key = "Corefile"): void {
    const before = this.get(name);
    this.store({
      ...before,
      metadata: { ...before.metadata, managedFields: owned(before, manager, ["data", key]) },
      data: { ...before.data, [key]: text },
    });
  }

  /** Another version, as after somebody's write to something else. */
  touch(name: ObjectName): void {
    this.store(this.get(name));
  }

  delete(name: ObjectName): void {
    const object = this.configMaps.get(nameText(name));
    if (!object) return;
    if ((object.metadata.finalizers ?? []).length === 0) this.configMaps.delete(nameText(name));
    else
      this.store({ ...object, metadata: { ...object.metadata, deletionTimestamp: "2030-01-01T00:00:00Z" } });
  }

  get(name: ObjectName): ConfigMap {
    const object = this.configMaps.get(nameText(name));
    if (!object) throw new Error(`no ConfigMap ${nameText(name)}`);
    return structuredClone(object);
  }

  corefile(name: ObjectName): string {
    return this.get(name).data?.Corefile ?? "";
  }

  configMap = (name: ObjectName) => answer(() => structuredClone(this.configMaps.get(nameText(name))));

  /** By their names, as no label is read. */
  configMapsLabelled = (label: string) =>
    answer(() => {
      const of = label.startsWith(GATE_LABEL) ? /\.anchor/ : /^anchor/;
      return [...this.configMaps.values()].filter(({ metadata }) => of.test(metadata.name));
    });

  patchConfigMap = (name: ObjectName, patch: ConfigMapPatch) =>
    answer(() => {
      const count = ++this.patches;
      this.onPatch(count, "before");
      const next = patched(this.configMaps.get(nameText(name)), patch, nameText(name));
      for (const [key, text] of Object.entries(patch.data ?? {})) {
        if (key === "Corefile" && text !== null) this.corefiles.push(text);
        if (text !== null) next.metadata.managedFields = owned(next, FIELD_MANAGER, ["data", key]);
        else next.metadata.managedFields = disowned(next, ["data", key]);
        next.data = merged(next.data, { [key]: text });
      }
      this.store(next);
      this.onPatch(count, "after");
      return next;
    });

  createConfigMap = (object: ConfigMap) =>
    answer(() => {
      const count = ++this.patches;
      this.onPatch(count, "before");
      const name = nameText(object.metadata);
      if (this.configMaps.has(name)) throw new ApiError(`${name} already exists`, 409);
      const keys = Object.keys(object.data ?? {}).map((key) => [`f:${key}`, {}]);
      const fieldsV1 = { "f:data": { ".": {}, ...(Object.fromEntries(keys) as FieldSet) } };
      const managedFields = [{ ...ownership(FIELD_MANAGER), fieldsV1 }];
      this.store({ ...object, metadata: { uid: name, ...object.metadata, managedFields } });
      this.onPatch(count, "after");
      return this.get(object.metadata);
    });

  deleteConfigMap = ({ metadata }: ConfigMap) =>
    answer(() => {
      const count = ++this.patches;
      this.onPatch(count, "before");
      if (this.configMaps.get(nameText(metadata))?.metadata.resourceVersion !== metadata.resourceVersion) {
        throw new ApiError("it has been modified", 409);
      }
      this.delete(metadata);
      this.onPatch(count, "after");
    });

  dnsOperator = () => answer(() => structuredClone(this.operator));

  patchDnsOperator = (name: string, patch: DnsOperatorPatch) =>
    answer(() => {
      const count = ++this.patches;
      this.onPatch(count, "before");
      const next = patched(this.operator, patch, name);
      const { servers, ...spec } = { ...next.spec, ...patch.spec };
      const field = ["spec", "servers"] as const;
      if (patch.spec?.servers) next.metadata.managedFields = owned(next, FIELD_MANAGER, field);
      else if (patch.spec) next.metadata.managedFields = disowned(next, field);
      next.spec = { ...spec, ...(servers ? { servers } : {}) };
      next.metadata.resourceVersion = String(this.version++);
      this.operator = next;
      this.onPatch(count, "after");
      return structuredClone(next);
    });

  platform = () => answer(() => this.kind);

  service = (name: ObjectName) => answer(() => this.services.get(nameText(name)));

  endpointSlices = () => answer(() => this.slices);

  isAllowed = ({ verb, resource }: Right) => answer(() => !this.forbidden.has(`${verb} ${resource}`));

  emit = (_about: ConfigMap, event: ClusterEvent) => answer(() => void this.events.push(event));

  private store(object: ConfigMap): void {
    const next = structuredClone(object);
    next.metadata.resourceVersion = String(this.version++);
    const isGone =
      next.metadata.deletionTimestamp !== undefined && (next.metadata.finalizers ?? []).length === 0;
    if (isGone) this.configMaps.delete(nameText(next.metadata));
    else this.configMaps.set(nameText(next.metadata), next);
  }
}

/** An entry as the API server writes it for a ConfigMap that one manager created. */
export function ownership(
  manager: string,
  operation = "Update",
  time = "2024-05-06T07:08:09Z",
): ManagedFields {
  return {
    manager,
    operation,
    apiVersion: "v1",
    time,
    fieldsType: "FieldsV1",
    fieldsV1: { "f:data": { ".": {}, "f:Corefile": {} } },
  };
}

/** An object after the part of a patch that concerns its metadata. */
function patched<T extends TargetObject>(before: T | undefined, patch: Patch, name: string): T {
  if (!before) throw new ApiError(`${name} not found`, 404);
  const { resourceVersion, annotations, ...metadata } = patch.metadata;
  if (resourceVersion !== before.metadata.resourceVersion) throw new ApiError("it has been modified", 409);
  const next = structuredClone(before);
  next.metadata = {
    ...next.metadata,
    ...metadata,
    annotations: merged(next.metadata.annotations, annotations),
  };
  return next;
}

/** All others lose the field, as after an update that changed it; who owns nothing any more is gone. */
function owned({ metadata }: TargetObject, manager: string, field: Field): ManagedFields[] {
  const [parent, child] = [`f:${field[0]}`, `f:${field[1]}`];
  const others = disowned(
    {
      metadata: {
        ...metadata,
        managedFields: metadata.managedFields?.filter((one) => one.manager !== manager) ?? [],
      },
    },
    field,
  );
  const own = metadata.managedFields?.find((entry) => entry.manager === manager);
  const fieldsV1 = { [parent]: { ...own?.fieldsV1?.[parent], [child]: {} } };
  return [...others, { ...ownership(manager), fieldsV1 }];
}

function disowned({ metadata }: TargetObject, field: Field): ManagedFields[] {
  const [parent, child] = [`f:${field[0]}`, `f:${field[1]}`];
  return (metadata.managedFields ?? [])
    .map((entry): ManagedFields => {
      const { [child]: lost, ...children } = entry.fieldsV1?.[parent] ?? {};
      if (!lost) return entry;
      const names = Object.keys(children);
      const isNothing = names.length === 0;
      const isOnlyItself = names.length === 1 && names[0] === ".";
      const fieldsV1: FieldSet = isNothing ? {} : { [parent]: isOnlyItself ? {} : children };
      return { ...entry, fieldsV1 };
    })
    .filter(({ fieldsV1 = {} }) => Object.keys(fieldsV1).length > 0);
}

function merged(
  before: Record<string, string> | undefined,
  patch: Record<string, string | null> | undefined,
): Record<string, string> {
  const all = Object.entries({ ...before, ...patch });
  return Object.fromEntries(all.flatMap(([key, value]) => (value === null ? [] : [[key, value]])));
}

async function answer<T>(compute: () => T): Promise<T> {
  await Promise.resolve();
  return compute();
}
