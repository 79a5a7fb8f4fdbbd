import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, describe, it } from "node:test";
import { withoutPulumi } from "./pulumi";

const root = resolve(__dirname, "../..");

interface Property {
  type?: string;
  plain?: boolean;
  description?: string;
  $ref?: string;
  items?: { $ref?: string; plain?: boolean };
}

interface Schema {
  name: string;
  resources: Record<
    string,
    {
      isComponent: boolean;
      inputProperties: Record<string, Property>;
      requiredInputs: string[];
      properties: Record<string, Property>;
    }
  >;
  types: Record<string, { enum?: { value: string }[]; properties?: Record<string, Property> }>;
}

describe("the schema that Pulumi infers for other languages", { timeout: 170_000 }, () => {
  const temporary = mkdtempSync(join(tmpdir(), "k8s-egress-schema-"));
  after(() => rmSync(temporary, { recursive: true }));

  /** From a copy and from elsewhere: Pulumi installs and builds what it is given, and refuses a folder with Pulumi.yaml and PulumiPlugin.yaml from inside. */
  const read = () => {
    const copy = join(temporary, "k8s-egress");
    const files = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
      cwd: root,
    });
    for (const file of files.toString().split("\0").filter(Boolean))
      cpSync(join(root, file), join(copy, file));
    return JSON.parse(
      execFileSync("pulumi", ["package", "get-schema", copy], { cwd: temporary, encoding: "utf8" }),
    ) as Schema;
  };

  it(
    "has the component with its arguments, their documentation and its outputs",
    { skip: withoutPulumi },
    () => {
      const schema = read();
      const component = schema.resources["k8s-egress:index:EgressProxy"];
      assert.ok(component, Object.keys(schema.resources).join());
      assert.equal(component.isComponent, true);
      assert.deepEqual(component.requiredInputs, ["upstreams"]);
      assert.deepEqual(Object.keys(component.inputProperties).sort(), [
        "audit",
        "build",
        "createNamespace",
        "credentials",
        "dns",
        "domain",
        "drain",
        "image",
        "imagePullSecrets",
        "labels",
        "log",
        "mesh",
        "monitoring",
        "namespace",
        "networkPolicies",
        "nodeSelector",
        "podAnnotations",
        "priorityClassName",
        "replicas",
        "resources",
        "tolerations",
        "upstreams",
      ]);
      for (const [name, { description }] of Object.entries(component.inputProperties)) {
        assert.ok(description, `${name} is documented`);
      }
      assert.deepEqual(Object.keys(component.properties).sort(), [
        "auditedNamespaces",
        "domain",
        "image",
        "namespace",
        "stubDomain",
        "urls",
      ]);
      assert.equal(component.inputProperties.upstreams!.plain, true);
      for (const [type, values] of [
        ["LogLevel", ["debug", "error", "info", "warn"]],
        ["DnsMode", ["manual", "none", "stubDomain"]],
        ["MeshMode", ["none", "optional", "required"]],
        ["TlsVersion", ["TLSv1.2", "TLSv1.3"]],
      ] as const) {
        assert.deepEqual(
          schema.types[`k8s-egress:index:${type}`]?.enum?.map(({ value }) => value).sort(),
          values,
          type,
        );
      }
      assert.ok(schema.types["k8s-egress:index:Upstream"]?.properties?.host);
    },
  );
});
