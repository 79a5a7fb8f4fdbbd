import { join } from "node:path";

import type { GoProgram } from "../cluster/programs/go-program";

const CLI_VERSION = "3.276.0";
const PROVIDER_VERSION = "4.34.2";
const PROVIDER_MODULE = "github.com/pulumi/pulumi-kubernetes/provider/v4";

/** Pulumi's engine and its command line. */
export const PULUMI: GoProgram = {
  name: "pulumi",
  module: join(__dirname, "pulumi-cli"),
  package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
  // Where the Automation API expects it, below the root of an installation.
  binary: "bin/pulumi",
  variables: { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": `v${CLI_VERSION}` },
  expected: "5 minutes",
};

/** Pulumi's Kubernetes provider. */
export const KUBERNETES_PROVIDER: GoProgram = {
  name: "pulumi-resource-kubernetes",
  module: join(__dirname, "kubernetes-provider"),
  variables: { [`${PROVIDER_MODULE}/pkg/version.Version`]: PROVIDER_VERSION },
  files: {
    module: PROVIDER_MODULE,
    folder: "cmd/pulumi-resource-kubernetes",
    names: ["schema.json", "terraform-mapping.json"],
  },
  expected: "10 minutes",
};
