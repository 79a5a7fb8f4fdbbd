// `npm run test:languages`: what other languages get of schema.json compiles, and so do the examples.
import { cpSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { ensurePrograms, findProgram } from "../requirements/machine";
import { KINDS, example, generateJavaSdk, generateSdks, root, run, schema, work } from "./sdks";

ensurePrograms("npm run test:languages", [
  { program: "go", package: "golang-go", why: "compiles Pulumi's generators and the Go SDK" },
  { program: "python3", package: "python3-venv", why: "checks the Python SDK" },
  { program: "javac", package: "default-jdk-headless", why: "compiles the Java SDK" },
  { program: "mvn", package: "maven", why: "finds the Java SDK's dependencies" },
]);

after(() => rmSync(work, { recursive: true, force: true }));

describe("SDKs from schema.json", () => {
  let sdks: ReturnType<typeof generateSdks>;
  before(() => {
    sdks = generateSdks();
  });

  it("Go: the SDK and the examples compile", () => {
    // Its module with our go.mod and go.sum: the versions are pinned, and nothing is resolved.
    cpSync(join(__dirname, "go"), sdks.go, { recursive: true });
    for (const kind of KINDS)
      cpSync(join(example(kind, "go"), "main.go"), join(sdks.go, "examples", kind, "main.go"));
    run("go", ["vet", "./..."], sdks.go);
  });

  it("Python: the SDK can be imported, mypy accepts the examples", () => {
    const environment = join(work, "venv");
    run("python3", ["-m", "venv", environment], work);
    const python = join(environment, "bin", "python");
    const install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    run(python, [...install, "-r", join(__dirname, "requirements.txt")], work);
    run(python, [...install, "--no-deps", sdks.python], work);
    for (const kind of KINDS) {
      run(python, ["-m", "mypy", "--strict", "__main__.py"], example(kind, "python"), {
        MYPY_CACHE_DIR: join(work, "mypy"),
      });
      run(python, [join(__dirname, "run.py"), join(example(kind, "python"), "__main__.py")], work);
    }
  });

  it("Node: the SDK compiles", () => {
    symlinkSync(join(root, "node_modules"), join(sdks.nodejs, "node_modules"));
    run(process.execPath, [join(root, "node_modules/typescript/bin/tsc")], sdks.nodejs);
  });

  it("Java: the SDK and the examples compile", () => {
    const sdk = generateJavaSdk();
    for (const kind of KINDS) {
      const folder = join(work, kind, "java");
      cpSync(example(kind, "java"), folder, { recursive: true });
      cpSync(join(sdk, "src/main"), join(folder, "src/main"), { recursive: true });
      run("mvn", ["--batch-mode", "--quiet", "compile"], folder);
    }
  });
});

// Its generator is in the released CLI only, and the .NET SDK is no package of Debian.
describe("SDKs from schema.json, by the released CLI", () => {
  const generate = (language: string): string => {
    const out = join(work, "cli");
    run("pulumi", ["package", "gen-sdk", schema, "--language", language, "--out", out], work);
    return join(out, language);
  };
  const without = (...programs: string[]): string | false => {
    const missing = programs.filter((program) => !findProgram(program));
    return missing.length > 0 && `${missing.join(" and ")} not on PATH`;
  };

  it("C#: the examples compile", { skip: without("pulumi", "pulumi-language-dotnet", "dotnet") }, () => {
    const sdk = generate("dotnet");
    for (const kind of KINDS) {
      const folder = join(work, kind, "csharp");
      cpSync(example(kind, "csharp"), folder, { recursive: true });
      run("dotnet", ["add", "reference", sdk], folder);
      run("dotnet", ["build", "--nologo"], folder);
    }
  });
});
