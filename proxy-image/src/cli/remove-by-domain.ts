import { ApiError, type Cluster, type ManagedFields, type TargetObject } from "../stubdomain/cluster/cluster";
import { formerOwners, handBack } from "../stubdomain/state/ownership";
import { targetOf } from "../stubdomain/targets/all";
import { TargetError } from "../stubdomain/targets/error";
import { textOf } from "../stubdomain/targets/object";
import { TARGET_SHAPES, targetText, type TargetRef } from "../contract/stub-domain/target-ref";
import { CorefileError } from "../stubdomain/corefile/error";
import { readTarget, writeOwners, writeText } from "../stubdomain/targets/store";
import { Account, MAX_STEPS, type Removal } from "./removal";
import { changedLines } from "./changed-lines";

/**
 * Removes the entry for a domain whose anchor is lost.
 *
 * The anchor also recorded who owned the text before, so that is lost too. The present owner gets it back. If that is
 * us, the text gets no owner, so that no later apply conflicts with us.
 *
 * @param target without a key: the key is searched
 * @throws ApiError
 */
export async function removeByDomain(
  cluster: Cluster,
  target: TargetRef,
  domain: string,
  dryRun: boolean,
): Promise<Removal> {
  const account = new Account(targetText(target));
  let ref = target;
  let owners: ManagedFields[] | undefined;
  for (let step = 0; step < MAX_STEPS; step++) {
    const { object } = await readTarget(cluster, isImported(ref) ? { ...ref, key: ref.key ?? "" } : ref);
    try {
      if (!owners) ref = withKey(ref, object, domain);
      const { field, format } = targetOf(ref);
      const before = textOf(object, field);
      if (before === undefined) return without(account, object, field, owners !== undefined);
      const entry = format.find(before, domain);
      if (entry !== undefined) {
        const text = format.remove(before, entry);
        const lines = changedLines(before, text);
        if (dryRun) return account.close(false, "would take out:", ...lines);
        const current = formerOwners(object!, field, []);
        // The key was created only for the entry.
        const goes = isImported(ref) && format.isBlank(text);
        await writeText(cluster, ref, object, goes ? undefined : text);
        owners = current;
        account.add("took out:", ...lines);
        continue;
      }
      if (!owners) return account.close(false, `has no entry for ${domain}`);
      const managedFields = handBack(object!, field, owners);
      if (managedFields) await writeOwners(cluster, ref, object!, managedFields);
      return account.close(false, "it is free for whoever applies it next");
    } catch (error) {
      if (error instanceof TargetError) return account.close(true, error.message);
      if (!(error instanceof ApiError && error.isConflict)) throw error;
    }
  }
  return account.close(true, "it changes all the time: try again");
}

/** For a kind whose key is ours: adds the first key whose blocks serve the domain. */
function withKey(target: TargetRef, object: TargetObject | undefined, domain: string): TargetRef {
  if (!isImported(target) || target.key !== undefined) return target;
  const key = Object.keys(object?.data ?? {}).find((one) => {
    const { field, format } = targetOf({ ...target, key: one });
    try {
      return format.find(textOf(object, field) ?? "", domain) !== undefined;
    } catch (error) {
      // Keys that are imported into a block are no server blocks. A block of more than a stub domain is reported.
      if (error instanceof CorefileError && !one.endsWith(".server")) return false;
      throw error;
    }
  });
  return { ...target, key: key ?? "" };
}

function isImported({ kind = "coredns" }: TargetRef): boolean {
  return TARGET_SHAPES[kind].isImported === true;
}

function without(
  account: Account,
  object: TargetObject | undefined,
  [, key]: readonly [string, string],
  isDone: boolean,
): Removal {
  if (isDone) return account.close(false, "nothing of it is left");
  if (object && key === "") return account.close(false, "no key of it has an entry for the domain");
  const what = object ? `has no ${key}` : "does not exist";
  return account.close(true, `${what}: --kind and --target name another one`);
}
