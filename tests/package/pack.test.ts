import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { once } from "node:events";
import { describe, it } from "node:test";
import { credentials, type ServiceError } from "@grpc/grpc-js";
import { installedIn, project, root, tarball } from "./support/packed";

const paths = execFileSync("tar", ["-tzf", tarball], { encoding: "utf8" })
  .trim()
  .split("\n")
  .map((path) => path.replace(/^package\//, ""));

describe("the published package", () => {
  it("has what it needs, and no sources of the image or tests", () => {
    for (const needed of [
      "dist/index.js",
      "dist/index.d.ts",
      "proxy-image/Dockerfile",
      "proxy-image/.dockerignore",
      "proxy-image/dist/app.tar",
      "proxy-image/bin/k8s-egress.js",
      "proxy-image/dist/cli.js",
      "proxy-image/dist/page/index.html",
      "PulumiPlugin.yaml",
      "schema.json",
      "dist/plugin/index.js",
      "LICENSE",
      "README.md",
      "CHANGELOG.md",
      "docs/platforms/README.md",
    ]) {
      assert.ok(paths.includes(needed), `${needed} in ${paths.join(", ")}`);
    }
    assert.deepEqual(
      paths.filter((path) => /^(tests|component|plugin|proxy-image\/src|\.ci)\//.test(path)),
      [],
    );
  });

  it("works where it is installed, and builds the image from its own files", () => {
    const folder = project("program");
    writeFileSync(
      join(folder, "program.js"),
      `
      const pulumi = require("@pulumi/pulumi");
      pulumi.runtime.setMocks({
        call: ({ inputs }) => inputs,
        newResource: ({ type, name, inputs }) => {
          if (type === "docker:index/image:Image") console.log(JSON.stringify(inputs.build));
          return { id: name, state: { ...inputs, repoDigest: "r@sha256:" + "0".repeat(64) } };
        },
      }).then(() => {
        const { EgressProxy, egressUrl, evaluate, DnsMode } = require("k8s-egress");
        new EgressProxy("egress", {
          upstreams: [{ host: "api.stripe.com" }, { host: "*.ingest.sentry.io" }],
          build: { repository: "registry.example.com/egress" },
          dns: { mode: DnsMode.Manual },
        });
        console.log(egressUrl("api.stripe.com"));
        const request = { client: "shop/web", url: "https://api.stripe.com/" };
        console.log(evaluate([{ host: "api.stripe.com" }], request).upstream, "evaluated");
      });
      `,
    );
    const printed = execFileSync(process.execPath, ["program.js"], { cwd: folder, encoding: "utf8" });
    assert.match(printed, /^http:\/\/api\.stripe\.com\.egress\.local$/m);
    assert.match(printed, /^api\.stripe\.com evaluated$/m);
    const [, context] = /"context":"([^"]+)"/.exec(printed)!;
    assert.ok(
      readFileSync(join(context!, "dist/app.tar")).equals(
        readFileSync(join(root, "proxy-image/dist/app.tar")),
      ),
    );
    assert.ok(printed.includes(`"dockerfile":"${context!}/Dockerfile"`));
  });

  it("carries a command that runs as it is installed", () => {
    const command = join(installedIn(project("command")), "proxy-image/bin/k8s-egress.js");
    assert.match(execFileSync(process.execPath, [command, "--help"], { encoding: "utf8" }), /dns remove/);
  });

  it("carries a command that says which Node it needs", () => {
    const launcher = createRequire(join(root, "package.json"))("./proxy-image/bin/k8s-egress.js") as {
      NEEDED: number[];
      isNewEnough(version: string): boolean;
    };
    const { engines } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      engines: { node: string };
    };
    assert.equal(engines.node, `>=${launcher.NEEDED.join(".")}`);
    for (const version of ["22.15.0", "22.16.1", "24.0.0", "26.1.0"])
      assert.ok(launcher.isNewEnough(version), version);
    for (const version of ["0.12.0", "14.21.3", "20.20.2", "22.14.9"])
      assert.ok(!launcher.isNewEnough(version), version);
  });

  it("has no script, and no dependency of development: what needs sources would fail", () => {
    const manifest = JSON.parse(
      readFileSync(join(installedIn(project("manifest")), "package.json"), "utf8"),
    ) as Record<string, unknown>;
    for (const key of ["scripts", "devDependencies", "workspaces"]) assert.ok(!(key in manifest), key);
  });

  it("has every file that the README names", () => {
    const readme = readFileSync(join(root, "README.md"), "utf8");
    const links = [...readme.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, target]) => target!);
    const code = [...readme.matchAll(/`([\w./-]+\/[\w./-]*)`/g)]
      .map(([, path]) => path!.replace(/\/$/, ""))
      .filter((path) => existsSync(join(root, path)));
    assert.ok(links.length > 10 && code.length > 0);
    for (const path of [...links, ...code]) {
      assert.ok(
        paths.some((packed) => packed === path || packed.startsWith(`${path}/`)),
        `${path} is not in the package`,
      );
    }
  });

  it("is a plugin that gives its schema, without the sources", async () => {
    const folder = installedIn(project("plugin"));
    const host = join(root, "node_modules/@pulumi/pulumi/cmd/run-plugin");
    const plugin = spawn(process.execPath, [host, folder], {
      cwd: folder,
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      const [port] = (await once(plugin.stdout, "data")) as [Buffer];
      assert.equal(await schemaAt(port.toString().trim()), readFileSync(join(root, "schema.json"), "utf8"));
    } finally {
      plugin.kill();
      await once(plugin, "exit");
    }
  });
});

/** The two classes of Pulumi's protocol that have no types. */
interface Protocol {
  ResourceProviderClient: new (
    address: string,
    channel: unknown,
  ) => {
    getSchema(
      request: unknown,
      done: (error: ServiceError | null, response: { getSchema(): string }) => void,
    ): void;
    close(): void;
  };
  GetSchemaRequest: new () => unknown;
}

/** Asks a plugin for its schema, as the engine does. */
async function schemaAt(port: string): Promise<string> {
  const load = createRequire(join(root, "package.json")) as (id: string) => Protocol;
  const { ResourceProviderClient } = load("@pulumi/pulumi/proto/provider_grpc_pb");
  const { GetSchemaRequest } = load("@pulumi/pulumi/proto/provider_pb");
  const client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
  try {
    return await new Promise((resolve, reject) => {
      client.getSchema(new GetSchemaRequest(), (error, response) => {
        if (error) reject(error);
        else resolve(response.getSchema());
      });
    });
  } finally {
    client.close();
  }
}
