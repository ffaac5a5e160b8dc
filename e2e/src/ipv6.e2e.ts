import { execFileSync } from "node:child_process";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { copyOfExample, mirageOk, startMirage } from "./support/mirage.js";
import { isRoot, networkNamespace } from "./support/namespace.js";
import { pseudoRandomBytes } from "./support/site.js";

const large = pseudoRandomBytes(3_000_000, 6);
let app: string;

beforeAll(async () => {
  const jobs: (() => void)[] = [];
  app = copyOfExample("www", (job) => jobs.push(job));
  appendFileSync(join(app, "www.conf"), "ip6-address: fd00::2/64\nip6-gateway: fd00::1\n");
  writeFileSync(join(app, "htdocs/large.bin"), large);
  await mirageOk(["configure", "--unix"], app);
  await mirageOk(["build"], app);
  return () => {
    for (const job of jobs) job();
  };
}, 600_000);

test.runIf(isRoot)("mirage run: www by IPv6 and IPv4, byte for byte", async () => {
  const { exec } = networkNamespace(onTestFinished);
  const [ip = "", ...words] = exec;
  const inside = (...command: string[]) =>
    execFileSync(ip, [...words, ...command], { maxBuffer: 1 << 26 });
  const running = startMirage(["run"], app, exec);
  await running.says(/is ready/);
  inside("ip", "address", "add", "fd00::1/64", "dev", "tap0", "nodad");
  await running.says(/fd00::2/);
  inside("ping", "-6", "-c", "2", "-i", "0.2", "-W", "10", "fd00::2");
  const fetched = (server: string, path: string) =>
    inside("curl", "-sS", "--max-time", "60", `http://${server}/${path}`);
  const page = readFileSync(join(app, "htdocs/index.html"));
  expect(fetched("[fd00::2]", "").equals(page)).toBe(true);
  expect(fetched("[fd00::2]", "large.bin").equals(large)).toBe(true);
  expect(fetched("10.0.0.2", "large.bin").equals(large)).toBe(true);
});
