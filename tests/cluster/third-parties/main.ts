// The third parties' program: all of them in one process, which records what they see.
// usage: node main.js SETTINGS_FILE
import { readFileSync } from "node:fs";

import { startControl } from "./control";
import { startServer } from "./server";
import type { ThirdPartySettings } from "./settings";

async function main(): Promise<void> {
  const settings = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as ThirdPartySettings;
  await Promise.all(settings.servers.map((server) => startServer(server, settings.authority)));
  // Last: who reaches this one reaches all.
  await startControl(settings.control);
}

void main();
