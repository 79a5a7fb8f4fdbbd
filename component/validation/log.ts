import type { EgressProxyArgs } from "../args/egress-proxy";
import { LogLevel } from "../args/observation";
import { checkInteger, checkKnownKeys, checkOneOf, isRecord } from "./checks/checks";
import { isDeferred, type Problems, show } from "./checks/problems";

export function checkLog({ log }: EgressProxyArgs, problems: Problems): void {
  if (log === undefined || isDeferred(log)) return;
  if (!isRecord(log)) {
    problems.add("log", `is ${show(log)}; write it as in { level: "info" }`);
    return;
  }
  checkKnownKeys(log, new Set(["level", "percent"]), "log", problems);
  checkInteger(log.percent, "log.percent", { min: 0, max: 100, example: 10 }, problems);
  checkOneOf(log.level, "log.level", Object.values(LogLevel), problems);
}
