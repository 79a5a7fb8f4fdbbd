import { keyOf, TARGET_SHAPES, type TargetRef } from "../../proxy-image/src/contract/stub-domain/target-ref";

/** The key of the target that is ours, and what may be missing. */
export interface OwnKey {
  name: string;
  /** The key may be missing, so that we add it and remove it again. */
  mayGo: boolean;
  /** The ConfigMap may be missing too. */
  mayBeMade: boolean;
}

/** Undefined for a target that is no ConfigMap. */
export function ownKey(target: TargetRef): OwnKey | undefined {
  const name = keyOf(target);
  if (name === undefined) return undefined;
  const { mayBeMissing } = TARGET_SHAPES[target.kind ?? "coredns"];
  return { name, mayGo: mayBeMissing !== "nothing", mayBeMade: mayBeMissing === "object" };
}
