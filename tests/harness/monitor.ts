import { setTimeout as sleep } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import { catchRejections } from "./rejections";
import type { MockResourceArgs, MockResourceResult } from "@pulumi/pulumi/runtime";

/** One resource as the program registered it. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
  readonly custom: boolean;
  /** `urn::id` of the provider; empty where it is the default one. */
  readonly provider: string;
}

/** What stands in for the providers: gives the live state of what the program asked for. */
export type Provide = (resource: Registered) => Promise<MockResourceResult>;

/** Answers at once with what was asked for, as a provider would at preview. */
export const echo: Provide = ({ name, inputs }) => Promise.resolve({ id: `${name}-id`, state: inputs });

/** What a program registered and returned. */
export interface Run<T> {
  /** In the order in which the registrations were answered. */
  readonly resources: Registered[];
  readonly result: T;
}

/**
 * Runs a Pulumi program in this process against `provide` instead of the engine, and waits for all of it. Order
 * and dependencies are the SDK's own; diffs, replacements and state are the engine's and not shown here.
 *
 * @throws what the program or `provide` threw first.
 */
export async function runProgram<T>(
  program: () => T,
  provide: Provide = echo,
  { project = "project", stack = "stack", preview = false } = {},
): Promise<Run<pulumi.Unwrap<T>>> {
  const resources: Registered[] = [];
  const failures: unknown[] = [];
  let underWay = 0;
  await pulumi.runtime.setMocks(
    {
      call: ({ inputs }) => inputs as Record<string, unknown>,
      newResource: async (args: MockResourceArgs) => {
        const registered: Registered = {
          type: args.type,
          name: args.name,
          inputs: unwrapSecrets(args.inputs) as Record<string, unknown>,
          custom: args.custom ?? false,
          provider: args.provider ?? "",
        };
        underWay++;
        try {
          const result = registered.custom ? await provide(registered) : { id: undefined, state: {} };
          resources.push(registered);
          return result;
        } catch (error) {
          failures.push(error);
          throw error;
        } finally {
          underWay--;
        }
      },
    },
    project,
    stack,
    preview,
  );
  const restore = catchRejections((error) => failures.push(error));
  try {
    const value = program();
    await pulumi.runtime.disconnect();
    // Node tells of a rejection that nobody handles after the turn in which it came.
    await sleep(0);
    if (failures.length > 0) throw failures[0];
    return { resources, result: await resolve(value) };
  } catch (error) {
    throw failures[0] ?? error;
  } finally {
    // After a failure the SDK waits for nothing, but what had begun goes on.
    do await sleep(100);
    while (underWay > 0);
    restore();
  }
}

function resolve<T>(value: T): Promise<pulumi.Unwrap<T>> {
  return new Promise((done, failed) => {
    const output = pulumi.output(value) as unknown as pulumi.Output<pulumi.Unwrap<T>> & {
      promise(): Promise<unknown>;
    };
    output.apply(done);
    output.promise().catch(failed);
  });
}

/** The wire form of a secret (Pulumi's rpc.ts). */
const SIGNATURE_KEY = "4dabf18193072939515e22adb298388d";

function unwrapSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unwrapSecrets);
  if (typeof value !== "object" || value === null) return value;
  if (SIGNATURE_KEY in value && "value" in value) return unwrapSecrets(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unwrapSecrets(item)]));
}
