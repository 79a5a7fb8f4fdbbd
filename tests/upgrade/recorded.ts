import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { policyHash } from "../../proxy-image/src/contract/policy/hash";
import { joinPolicyFiles, policyFiles } from "../../proxy-image/src/contract/policy/files";
import type { Policy } from "../../proxy-image/src/contract/policy/policy";
import { PLACEHOLDERS } from "./arguments";

/** One child of an EgressProxy, as a release registered it. */
export interface RecordedChild {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

/** What a release registered for the arguments of this folder, in its order. */
export interface Release {
  readonly version: string;
  readonly children: readonly RecordedChild[];
}

const FOLDER = join(__dirname, "recorded");

/** Every recorded release. */
export function releases(): Release[] {
  return readdirSync(FOLDER).map((file) => ({
    version: file.replace(/\.json$/, ""),
    children: JSON.parse(readFileSync(join(FOLDER, file), "utf8")) as RecordedChild[],
  }));
}

/** The children with the roles of this version, whose image they run: its controller needs its own rights. */
export function withRolesOf(
  children: readonly RecordedChild[],
  current: readonly RecordedChild[],
): RecordedChild[] {
  return children.map((child) => {
    const now = current.find(({ type, name }) => type === child.type && name === child.name);
    if (now === undefined || !child.type.endsWith(":Role")) return child;
    return { ...child, inputs: { ...child.inputs, rules: now.inputs.rules } };
  });
}

/** What stands for a placeholder on one cluster. */
export interface Place {
  readonly image: string;
  readonly dnsImage: string;
  /** PEM of the CA of its third parties. */
  readonly ca: string;
}

/** The children with a cluster's own images and CA. The CA is part of the policy, whose hash is in names and arguments. */
export function onCluster(
  children: readonly RecordedChild[],
  { image, dnsImage, ca }: Place,
): RecordedChild[] {
  const own = children.map((child) => {
    const { data } = child.inputs as { data?: Record<string, string> };
    if (data?.["policy.json"] === undefined) return child;
    return { ...child, inputs: { ...child.inputs, data: withCa(data, ca) } };
  });
  const hashes = [children, own].map((all) => all.map(hashOf).find((hash) => hash !== undefined)!);
  const [before, after] = hashes as [string, string];
  const text = JSON.stringify(own)
    .replaceAll(PLACEHOLDERS.image, image)
    .replaceAll(PLACEHOLDERS.dnsImage, dnsImage)
    .replaceAll(before, after)
    .replaceAll(before.slice(0, 12), after.slice(0, 12));
  return JSON.parse(text) as RecordedChild[];
}

/** In the form that the release had: one text, or a file for each upstream. */
function withCa(data: Record<string, string>, ca: string): Record<string, string> {
  const policy = JSON.parse(joinPolicyFiles(data)) as Policy;
  const upstreams = Object.fromEntries(
    Object.entries(policy.upstreams).map(([host, upstream]) => [
      host,
      { ...upstream, tls: { ...upstream.tls, caCertificates: ca } },
    ]),
  );
  const files = policyFiles({ ...policy, upstreams });
  return Object.keys(data).length === 1 ? { "policy.json": joinPolicyFiles(files) } : files;
}

function hashOf({ inputs }: RecordedChild): string | undefined {
  const { data } = inputs as { data?: Record<string, string> };
  return data?.["policy.json"] === undefined ? undefined : policyHash(joinPolicyFiles(data));
}
