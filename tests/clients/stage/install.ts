import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Client, Language } from "../clients";
import { CACHE, ROOT, SUITE } from "./names";

/** How the programs of a language are installed and started. */
interface Toolchain {
  /** Commands that have to be on PATH. */
  readonly tools: readonly string[];
  /** Files that pin versions: with other ones everything is installed again. */
  readonly pins: readonly string[];
  /** Installs into a folder that has this language's files. */
  install(folder: string): void;
  /** What has to be done after every change of a program. */
  build?(folder: string): void;
  /** Where the language's own client package goes, below its folder. */
  readonly own?: { readonly from: string; readonly to: string };
  /** Command line of a program. @param byPackage with https sent through the proxy */
  command(folder: string, program: string, byPackage: boolean): string[];
}

const MAVEN = [
  "--quiet",
  "--batch-mode",
  "--no-transfer-progress",
  "-Dstyle.color=never",
  "dependency:copy-dependencies",
];

const TOOLCHAINS: Record<Exclude<Language, "command">, Toolchain> = {
  node: {
    tools: ["npm"],
    pins: ["package.json", "package-lock.json"],
    install: (folder) =>
      run(
        folder,
        "npm",
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--silent",
        "--no-update-notifier",
      ),
    own: { from: "node", to: "node_modules/k8s-egress-client" },
    command: (folder, program, byPackage) => [
      process.execPath,
      ...(byPackage ? ["--import", "k8s-egress-client/register"] : []),
      join(folder, `${program}.mjs`),
    ],
  },
  python: {
    tools: ["python3"],
    pins: ["requirements.txt", "constraints.txt"],
    install(folder) {
      run(folder, "python3", "-m", "venv", "venv");
      run(folder, "venv/bin/pip", "install", "--quiet", "-r", "requirements.txt", "-c", "constraints.txt");
    },
    own: { from: "python/src/k8s_egress_client", to: "k8s_egress_client" },
    command: (folder, program, byPackage) => [
      join(folder, "venv/bin/python"),
      ...(byPackage ? ["-m", "k8s_egress_client"] : []),
      join(folder, `${program}.py`),
    ],
  },
  go: {
    tools: ["go"],
    pins: ["go.mod", "go.sum"],
    install: (folder) => run(folder, "go", "mod", "download"),
    own: { from: "go", to: "egress-client" },
    build: (folder) => run(folder, "go", "build", "-o", "bin/", "./..."),
    command: (folder, program) => [join(folder, "bin", program)],
  },
  java: {
    tools: ["java", "javac", "mvn"],
    pins: ["pom.xml"],
    install(folder) {
      run(folder, "mvn", ...MAVEN, "-DoutputDirectory=lib");
      // The same jars, but for one old version.
      const old = /<httpclient5-old\.version>(.*)</.exec(readFileSync(join(folder, "pom.xml"), "utf8"))![1]!;
      run(folder, "mvn", ...MAVEN, "-DoutputDirectory=lib-old", `-Dhttpclient5.version=${old}`);
    },
    own: { from: "java/src/main/java", to: "egress-client" },
    build: (folder) =>
      run(
        folder,
        "bash",
        "-c",
        "shopt -s globstar; javac -d classes -cp 'lib/*' src/main/java/*.java egress-client/**/*.java",
      ),
    command: (folder, program) => {
      const [main, jars = "lib"] = program.split("@") as [string, string?];
      return ["java", "-cp", `${join(folder, "classes")}:${join(folder, jars)}/*`, main];
    },
  },
  ruby: {
    ...{ tools: ["ruby"], pins: [], install: () => undefined },
    command: (folder, program) => ["ruby", join(folder, `${program}.rb`)],
  },
  php: {
    ...{ tools: ["php"], pins: [], install: () => undefined },
    command: (folder, program) => ["php", join(folder, `${program}.php`)],
  },
};

/** Why a client's language can't be had on this machine; undefined if it can. */
export function whyMissing(language: Language, command: string): string | undefined {
  const tools = language === "command" ? [command] : TOOLCHAINS[language].tools;
  const missing = tools.find((tool) => !onPath(tool));
  return missing === undefined ? undefined : `${missing} is not on PATH`;
}

/** Installs a language's clients, where that is not done, and brings its programs up to date. */
export function install(language: Exclude<Language, "command">): void {
  const toolchain = TOOLCHAINS[language];
  const folder = join(CACHE, language);
  const done = join(folder, "installed");
  const pins = hashOf(join(SUITE, language), toolchain.pins);
  const { own } = toolchain;
  const programs = hashOf(join(SUITE, language)) + (own ? hashOf(join(ROOT, "clients", own.from)) : "");
  const [installed, built] = existsSync(done) ? readFileSync(done, "utf8").split("\n") : [];
  if (installed === pins && built === programs) return;
  if (installed !== pins) {
    console.log(`installing the clients for ${language} into ${folder}`);
    rmSync(folder, { recursive: true, force: true });
  }
  mkdirSync(folder, { recursive: true });
  cpSync(join(SUITE, language), folder, { recursive: true });
  // Go's installation needs it there; npm's takes it away.
  bringOwn(toolchain, folder);
  if (installed !== pins) {
    toolchain.install(folder);
    bringOwn(toolchain, folder);
  }
  toolchain.build?.(folder);
  writeFileSync(done, `${pins}\n${programs}`);
}

function bringOwn({ own }: Toolchain, folder: string): void {
  if (!own) return;
  const to = join(folder, own.to);
  rmSync(to, { recursive: true, force: true });
  cpSync(join(ROOT, "clients", own.from), to, {
    recursive: true,
    filter: (path) => !/node_modules|__pycache__|_test\.go$/.test(path.slice(ROOT.length)),
  });
}

/** Command line of a program with its folder. */
export function commandOf({ language, program, byPackage = false }: Client): {
  command: string[];
  folder: string;
} {
  if (language === "command")
    return { command: ["bash", join(SUITE, "shell", `${program}.sh`)], folder: SUITE };
  const folder = join(CACHE, language);
  return { command: TOOLCHAINS[language].command(folder, program, byPackage), folder };
}

function hashOf(folder: string, names?: readonly string[]): string {
  const hash = createHash("sha256");
  for (const name of names ?? readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()) {
    const file = join(folder, name);
    // A folder has no text of its own.
    if (existsSync(file) && !statSync(file).isDirectory())
      hash.update(`${name}\0`).update(readFileSync(file));
  }
  return hash.digest("hex");
}

function onPath(tool: string): boolean {
  return (process.env.PATH ?? "").split(":").some((folder) => existsSync(join(folder, tool)));
}

function run(folder: string, command: string, ...args: string[]): void {
  execFileSync(command, args, { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
}
