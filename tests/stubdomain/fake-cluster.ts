import { FIELD_MANAGER } from "../../proxy-image/src/stubdomain/anchor";
import {
  ApiError,
  nameText,
  type Cluster,
  type ClusterEvent,
  type ConfigMap,
  type ConfigMapPatch,
  type EndpointSlice,
  type FieldSet,
  type ManagedFields,
  type ObjectName,
  type Right,
  type Service,
} from "../../proxy-image/src/stubdomain/cluster/cluster";

/**
 * The API server's part in a stub domain, in memory: versions and conflicts, deletion with finalizers, and who owns
 * the Corefile. What the real one does beyond this is tested with the real one.
 */
export class FakeCluster implements Cluster {
  readonly configMaps = new Map<string, ConfigMap>();
  readonly services = new Map<string, Service>();
  readonly events: ClusterEvent[] = [];
  /** Every text that was ever written as a Corefile. */
  readonly corefiles: string[] = [];
  readonly forbidden = new Set<string>();
  /** Called with the number of each patch, before it takes effect and after: throws to cut the caller off there. */
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
  edit(name: ObjectName, manager: string, corefile: string): void {
    const before = this.get(name);
    this.store({
      ...before,
      metadata: { ...before.metadata, managedFields: owned(before, manager) },
      data: { ...before.data, Corefile: corefile },
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

  configMapsLabelled = () =>
    answer(() => [...this.configMaps.values()].filter(({ metadata }) => metadata.name.startsWith("anchor")));

  patchConfigMap = (name: ObjectName, patch: ConfigMapPatch) =>
    answer(() => {
      const count = ++this.patches;
      this.onPatch(count, "before");
      const before = this.configMaps.get(nameText(name));
      if (!before) throw new ApiError(`${nameText(name)} not found`, 404);
      const { resourceVersion, annotations, ...metadata } = patch.metadata;
      if (resourceVersion !== before.metadata.resourceVersion)
        throw new ApiError("it has been modified", 409);
      const next = structuredClone(before);
      next.metadata = {
        ...next.metadata,
        ...metadata,
        annotations: merged(next.metadata.annotations, annotations),
      };
      const corefile = patch.data?.Corefile;
      if (corefile !== undefined) {
        this.corefiles.push(corefile);
        next.data = { ...next.data, Corefile: corefile };
        next.metadata.managedFields = owned(before, FIELD_MANAGER);
      }
      this.store(next);
      this.onPatch(count, "after");
      return next;
    });

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

/** All others lose the Corefile, as after an update that changed it; who owns nothing any more is gone. */
function owned({ metadata }: ConfigMap, manager: string): ManagedFields[] {
  const others = (metadata.managedFields ?? [])
    .filter((entry) => entry.manager !== manager)
    .map((entry): ManagedFields => {
      const data = entry.fieldsV1?.["f:data"];
      if (!data?.["f:Corefile"]) return entry;
      const fieldsV1: FieldSet = data["."] ? { "f:data": {} } : {};
      return { ...entry, fieldsV1 };
    })
    .filter(({ fieldsV1 = {} }) => Object.keys(fieldsV1).length > 0);
  return [...others, { ...ownership(manager), fieldsV1: { "f:data": { "f:Corefile": {} } } }];
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
