// What the Pulumi engine runs as the plugin `k8s-egress`: it loads the package's folder, so `main` in package.json, and
// calls the function that it finds. Programs in TypeScript import `exports` instead.
import { main } from "@pulumi/pulumi/provider";
import { EgressProvider } from "./provider";

export = (): Promise<void> => main(new EgressProvider(), process.argv.slice(2));
