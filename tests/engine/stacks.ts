import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type EngineEvent,
  LocalWorkspace,
  type PulumiFn,
  Stack,
  type StepEventMetadata,
} from "@pulumi/pulumi/automation";
import { type Engine, findEngine } from "./engine";

/** One resource in a preview or update: `<op> <Kind> <name>`. */
export type Step = string;

/** Told of every event and every piece of output. */
export interface Watch {
  onEvent?: (event: EngineEvent) => void;
  onOutput?: (text: string) => void;
}

/** A stack of an inline program on the engine for tests. */
export class TestStack {
  constructor(readonly stack: Stack) {}

  /** What would change, without what stays. */
  async preview(watch: Watch = {}): Promise<Step[]> {
    return stepsOf(await eventsOf((onEvent) => this.stack.preview({ ...watch, onEvent }), watch));
  }

  /** What has changed, without what stays. */
  async up(watch: Watch = {}): Promise<Step[]> {
    return stepsOf(await eventsOf((onEvent) => this.stack.up({ ...watch, onEvent }), watch));
  }

  /** Resources of a preview with their inputs, those that stay too; by `<Kind> <name>`. */
  async previewed(): Promise<Map<string, StepEventMetadata>> {
    const events = await eventsOf((onEvent) => this.stack.preview({ onEvent }));
    return new Map(metadataOf(events).map((step) => [nameOf(step), step]));
  }
}

/** How long the engine took for each resource. */
export class StepTimes {
  private readonly began = new Map<string, number>();
  private readonly took = new Map<string, number>();

  take({ timestamp, resourcePreEvent, resOutputsEvent }: EngineEvent): void {
    if (resourcePreEvent) this.began.set(resourcePreEvent.metadata.urn, timestamp);
    if (!resOutputsEvent) return;
    const { urn } = resOutputsEvent.metadata;
    this.took.set(urn, timestamp - this.began.get(urn)!);
  }

  /** Whole seconds for the resource whose URN ends so. */
  of(suffix: string): number {
    const [, seconds] = [...this.took].find(([urn]) => urn.endsWith(suffix))!;
    return seconds;
  }
}

/** Stacks with a backend of their own in a temporary folder. */
export class TestStacks {
  private readonly created: TestStack[] = [];

  private constructor(
    readonly folder: string,
    private readonly engine: Engine,
    private readonly environment: Readonly<Record<string, string>>,
  ) {}

  /** @param environment Variables for the engine and its providers */
  static async create(environment: Readonly<Record<string, string>> = {}): Promise<TestStacks> {
    const folder = mkdtempSync(join(tmpdir(), "k8s-egress-engine-"));
    return new TestStacks(folder, await findEngine(join(folder, "home")), environment);
  }

  async stack(stackName: string, program: PulumiFn, projectName = "egress-test"): Promise<TestStack> {
    const stack = await LocalWorkspace.createOrSelectStack(
      { projectName, stackName, program },
      {
        workDir: this.folder,
        pulumiCommand: this.engine.command,
        envVars: {
          ...this.engine.environment,
          ...this.environment,
          PULUMI_BACKEND_URL: `file://${this.folder}`,
          PULUMI_CONFIG_PASSPHRASE: "test",
          PULUMI_SKIP_UPDATE_CHECK: "true",
        },
      },
    );
    const created = new TestStack(stack);
    this.created.push(created);
    return created;
  }

  /** Destroys what the stacks deployed, and then their folder. */
  async remove(): Promise<void> {
    try {
      for (const { stack } of this.created) await stack.destroy();
    } finally {
      rmSync(this.folder, { recursive: true });
    }
  }
}

async function eventsOf(
  run: (onEvent: (event: EngineEvent) => void) => Promise<unknown>,
  watch: Watch = {},
): Promise<EngineEvent[]> {
  const events: EngineEvent[] = [];
  await run((event) => {
    events.push(event);
    watch.onEvent?.(event);
  });
  return events;
}

function metadataOf(events: readonly EngineEvent[]): StepEventMetadata[] {
  return events.flatMap(({ resourcePreEvent }) => (resourcePreEvent ? [resourcePreEvent.metadata] : []));
}

function nameOf({ type, urn }: StepEventMetadata): string {
  return `${type.split(":").at(-1)!} ${urn.split("::").at(-1)!}`;
}

function stepsOf(events: readonly EngineEvent[]): Step[] {
  return metadataOf(events)
    .filter(({ op }) => op !== "same" && op !== "read")
    .map((step) => `${step.op} ${nameOf(step)}`);
}
