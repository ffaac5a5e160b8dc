import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { copyOfExample, run } from "../../src/support/mirage.js";
import { buildForXen } from "./application.js";
import { Guest } from "./rig/guest.js";
import { useRig, xenTest } from "./use-rig.js";

const rig = useRig();

xenTest("www serves HTTPS from a domain, with a certificate of its own", async () => {
  const folder = copyOfExample("www");
  appendFileSync(join(folder, "www.conf"), "https-port: 443\n");
  await buildForXen(folder);
  const guest = await Guest.create(rig(), folder);
  await rig().answersPing("10.0.0.2");
  const port = await rig().forward("10.0.0.2", 443);
  const url = `https://127.0.0.1:${port}/`;
  const { stdout } = await run("curl", ["--silent", "--insecure", "--max-time", "60", url]);
  expect(stdout).toBe(readFileSync(join(folder, "htdocs/index.html"), "utf8"));
  expect(await rig().guestConsole("www")).toMatch(/self-signed .* SHA-256 ([0-9A-F]{2}:){31}/);
  await guest.xl("shutdown -w");
  await guest.isGone();
});
