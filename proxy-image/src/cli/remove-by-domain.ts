import {
  ApiError,
  nameText,
  type Cluster,
  type ManagedFields,
  type ObjectName,
} from "../stubdomain/cluster/cluster";
import { COREFILE_KEY, formerOwners, handBack } from "../stubdomain/state/ownership";
import { removeBlock } from "../stubdomain/corefile/edit";
import { CorefileError } from "../stubdomain/corefile/error";
import { patchOf, writeCorefile } from "../stubdomain/writes";
import { findStubBlock } from "./find-stub-block";
import { Account, MAX_STEPS, type Removal } from "./removal";
import { removedLines } from "./removed-lines";

/**
 * Takes out the block for a domain whose anchor is lost.
 *
 * With the anchor it is lost who owned the Corefile before. Whoever owns it now gets it back; if that is us, it is
 * left to nobody, so that no later apply conflicts with us.
 *
 * @throws ApiError
 */
export async function removeByDomain(
  cluster: Cluster,
  name: ObjectName,
  domain: string,
  dryRun: boolean,
): Promise<Removal> {
  const account = new Account(`ConfigMap ${nameText(name)}`);
  let owners: ManagedFields[] | undefined;
  for (let step = 0; step < MAX_STEPS; step++) {
    const target = await cluster.configMap(name);
    const corefile = target?.data?.[COREFILE_KEY];
    if (!target || corefile === undefined) {
      return account.close(true, `has no key ${COREFILE_KEY}: --target names another one`);
    }
    try {
      const inserted = findStubBlock(corefile, domain);
      if (inserted !== undefined) {
        const { text } = removeBlock(corefile, inserted);
        const lines = removedLines(corefile, text);
        if (dryRun) return account.close(false, "would take out:", ...lines);
        const current = formerOwners(target, []);
        await writeCorefile(cluster, target, text);
        owners = current;
        account.add("took out:", ...lines);
        continue;
      }
      if (!owners) return account.close(false, `has no block for ${domain}`);
      const managedFields = handBack(target, owners);
      if (managedFields) await cluster.patchConfigMap(name, patchOf(target, { managedFields }));
      return account.close(false, "the Corefile is free for whoever applies it next");
    } catch (error) {
      if (error instanceof CorefileError) return account.close(true, error.message);
      if (!(error instanceof ApiError && error.isConflict)) throw error;
    }
  }
  return account.close(true, "it changes all the time: try again");
}
