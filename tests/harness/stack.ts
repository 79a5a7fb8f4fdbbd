import type * as pulumi from "@pulumi/pulumi";
import { buildAndPush, type ImageInputs } from "./image";
import { applyObject, deleteObjects, type Kubectl, type KubernetesObject } from "./kubernetes";
import { type Registered, runProgram } from "./monitor";

/** Where a stack is applied. */
export interface Target {
  readonly kubectl: Kubectl;
  /** Address of the Docker engine that builds and pushes. Default: the Docker client's own. */
  readonly dockerHost?: string;
}

/** What one `up` did, by `<type> <name>`, in order. */
export interface Changes {
  readonly created: string[];
  readonly updated: string[];
  readonly deleted: string[];
}

interface Entry {
  readonly key: string;
  readonly object: KubernetesObject;
}

/**
 * Stands in for the Pulumi engine where its CLI is not at hand: applies what a program registers to a real
 * cluster, keeps in mind what there is, and deletes in reverse order what is no longer registered. Objects whose
 * name changed are created first and deleted last. It has no state file, no diff and no secrets.
 */
export class Stack {
  private entries: Entry[] = [];

  /** @param project Name of the Pulumi project, under which a program finds its configuration. */
  constructor(
    private readonly target: Target,
    private readonly project = "project",
  ) {}

  /** Applies the program; what an `up` that fails has created stays known, as with Pulumi. */
  async up<T>(program: () => T): Promise<{ result: pulumi.Unwrap<T>; changes: Changes }> {
    const before = new Map(this.entries.map((entry) => [entry.key, entry]));
    const after: Entry[] = [];
    const changes: Changes = { created: [], updated: [], deleted: [] };
    const provide = async (resource: Registered) => {
      if (resource.type === "docker:index/image:Image") {
        const inputs = resource.inputs as unknown as ImageInputs;
        return { id: resource.name, state: buildAndPush(inputs, this.target.dockerHost) };
      }
      if (!resource.type.startsWith("kubernetes:")) return { id: resource.name, state: resource.inputs };
      const object = await applyObject(this.target.kubectl, resource);
      const key = `${object.kind} ${object.metadata.namespace ?? ""}/${object.metadata.name}`;
      after.push({ key, object });
      (before.has(key) ? changes.updated : changes.created).push(key);
      return { id: key, state: object };
    };
    try {
      const { result } = await runProgram(program, provide, { project: this.project });
      const kept = new Set(after.map(({ key }) => key));
      const gone = this.entries.filter(({ key }) => !kept.has(key)).reverse();
      await deleteObjects(
        this.target.kubectl,
        gone.map(({ object }) => object),
        () => changes.deleted.push(gone[changes.deleted.length]!.key),
      );
      this.entries = after;
      return { result, changes };
    } catch (error) {
      const known = new Set(this.entries.map(({ key }) => key));
      this.entries = [...this.entries, ...after.filter(({ key }) => !known.has(key))];
      throw error;
    }
  }

  /** Deletes everything, the last created first; waits for namespaces too, unless told otherwise. */
  async destroy({ awaitNamespaces = true } = {}): Promise<void> {
    const objects = this.entries.map(({ object }) => object).reverse();
    await deleteObjects(this.target.kubectl, objects, () => this.entries.pop(), awaitNamespaces);
  }
}
