import { type Cluster, kubectl } from "../../cluster";
import { until } from "./wait";

const ESTABLISHED = 'jsonpath={.status.conditions[?(@.type=="Established")].status}';

/**
 * Waits until the API server serves a CustomResourceDefinition. Not by `kubectl wait`, which fails on a status that
 * has no conditions yet.
 */
export function established(cluster: Cluster, name: string): Promise<void> {
  return until(`${name} to be established`, async () => {
    return (
      (await kubectl(cluster, ["get", `customresourcedefinition/${name}`, "-o", ESTABLISHED])) === "True"
    );
  });
}
