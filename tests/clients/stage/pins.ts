import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Client } from "../clients";
import { SUITE } from "./names";

/** The version of a client: pinned in its language's file, or that of the machine's command. */
export function versionOf(client: Client): string {
  switch (client.language) {
    case "node":
      return nodeVersion(client.package);
    case "python":
      return pinned("python/requirements.txt", `^${client.package}==(\\S+)$`) ?? pythonVersion();
    case "go":
      return (
        pinned("go/go.mod", `${client.package} v(\\S+)`) ?? output("go", "env", "GOVERSION").replace("go", "")
      );
    case "java":
      return pinned("java/pom.xml", `<${client.package}\\.version>(.*)<`) ?? javaVersion();
    case "ruby":
    case "php":
    case "command":
      return /\d+(?:\.\d+)+/.exec(output(client.package, "--version"))?.[0] ?? "?";
  }
}

function nodeVersion(name: string): string {
  if (name === "node") return process.versions.node;
  const { dependencies } = JSON.parse(readFileSync(join(SUITE, "node/package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  return dependencies[name] ?? "?";
}

function pythonVersion(): string {
  return output("python3", "--version").replace("Python ", "");
}

function javaVersion(): string {
  return output("java", "--version").split("\n")[0]!.split(" ")[1] ?? "?";
}

function pinned(file: string, pattern: string): string | undefined {
  return new RegExp(pattern, "m").exec(readFileSync(join(SUITE, file), "utf8"))?.[1];
}

function output(command: string, ...args: string[]): string {
  return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
}
