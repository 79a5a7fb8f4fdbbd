import type { EgressProxyArgs, Upstream } from "../../index";
import { type Cast, startCast } from "./scene/cast";
import { upstream } from "./scene/program";
import { type Scene, startScene } from "./scene/scene";
import { THIRD_PARTIES } from "./scene/third-parties";
import type { Target } from "./target/target";

type Args = Omit<EgressProxyArgs, "build" | "image">;

/** What the story is played on: a deployed EgressProxy with third parties and clients. */
export interface Stage {
  readonly scene: Scene;
  readonly cast: Cast;
  /** Hosts of the third parties. */
  readonly thirdParties: Readonly<Record<keyof typeof THIRD_PARTIES, string>>;
  /** What applications call, by host. */
  readonly urls: Readonly<Record<string, string>>;
  /** The upstreams of the story; with `more`, the first one's are changed. */
  readonly upstreams: (more?: Partial<Upstream>) => Upstream[];
  /** Deploys with other arguments than the story's. */
  readonly up: (change?: Partial<Args>) => Promise<void>;
}

/** Deploys the EgressProxy, and starts its clients. */
export async function setStage(target: Target): Promise<Stage> {
  const scene = await startScene(target);
  try {
    const web = { namespace: scene.namespaces.shop, serviceAccount: "web" };
    const upstreams = (more: Partial<Upstream> = {}) => [
      upstream(scene, "api", { allow: [{ clients: [web] }], ...more }),
      upstream(scene, "second"),
      upstream(scene, "refusing", { timeouts: { connect: "5s" } }),
    ];
    const args: Args = { upstreams: upstreams(), dns: { mode: await dnsMode(scene) } };
    const { urls } = await scene.up(args);
    return {
      scene,
      urls,
      upstreams,
      thirdParties: {
        api: THIRD_PARTIES.api.host,
        second: THIRD_PARTIES.second.host,
        refusing: THIRD_PARTIES.refusing.host,
      },
      cast: await startCast(scene),
      up: async (change) => {
        await scene.up({ ...args, ...change });
      },
    };
  } catch (error) {
    await scene.remove();
    throw error;
  }
}

/** Clusters that keep their Corefile elsewhere get no stub domain: applications use the Services' own names. */
async function dnsMode({ kubectl }: Scene): Promise<"stubDomain" | "none"> {
  const corefile = ["get", "configmap", "coredns", "-n", "kube-system", "--ignore-not-found"];
  const text = await kubectl([...corefile, "-o", "jsonpath={.data.Corefile}"]);
  return text === "" ? "none" : "stubDomain";
}
