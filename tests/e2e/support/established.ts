import { type Cluster, kubectl } from "../../cluster";
import { until } from "./wait";

interface Definition {
  status?: { conditions?: { type: string; status: string }[] | null };
}

/**
 * Waits until the API server serves a CustomResourceDefinition. Not by `kubectl wait`, which fails on a status whose
 * conditions are null, as they are at first.
 */
export function established(cluster: Cluster, name: string): Promise<void> {
  return until(`${name} to be established`, async () => {
    const text = await kubectl(cluster, ["get", `customresourcedefinition/${name}`, "-o", "json"]);
    const { status } = JSON.parse(text) as Definition;
    return (status?.conditions ?? []).some(
      (found) => found.type === "Established" && found.status === "True",
    );
  });
}
