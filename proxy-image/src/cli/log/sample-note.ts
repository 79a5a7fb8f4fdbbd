import type { InstalledProxy } from "../cluster/egress-proxies";

/** What `log` hides from the log. */
export function sampleNote({ args }: InstalledProxy): string | undefined {
  const valueOf = (name: string) => args.find((one) => one.startsWith(`--${name}=`))?.split("=")[1];
  const [level, percent] = [valueOf("log-level") ?? "info", valueOf("log-percent") ?? "100"];
  if (level !== "info" && level !== "debug" && level !== "trace") {
    return `log.level is ${level}: only failed requests are in the log`;
  }
  return percent === "100"
    ? undefined
    : `log.percent is ${percent}: of successful requests only ${percent} % are in the log`;
}
