import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { copyOfExample, mirageOk, Running, run } from "./support/mirage.js";
import { isRoot, networkNamespace } from "./support/namespace.js";

// A device of IP packets instead of Ethernet frames, as macOS has them (utun): Linux's TUN.

let app: string;

beforeAll(async () => {
  const jobs: (() => void)[] = [];
  app = copyOfExample("www", (job) => jobs.push(job));
  await mirageOk(["configure", "www.conf"], app);
  await mirageOk(["build", "www.conf"], app);
  return () => {
    for (const job of jobs) job();
  };
}, 600_000);

test.runIf(isRoot)(
  "www serves over a TUN device",
  async () => {
    const { exec } = networkNamespace(onTestFinished);
    const [ip = "", ...words] = exec;
    const script = join(import.meta.dirname, "support/tun.py");
    const program = join(app, "mir-www");
    const www = new Running(ip, [...words, "python3", script, program], {});
    onTestFinished(async () => {
      www.child.kill("SIGTERM");
      await www.finished;
    });
    const { code, stdout, stderr } = await run(ip, [
      ...words,
      ..."curl --silent --show-error --retry 20 --retry-all-errors --retry-delay 1".split(" "),
      "--max-time",
      "30",
      "http://10.0.0.2/",
    ]);
    expect(code, `${stderr}${www.stderr}`).toBe(0);
    expect(stdout).toContain("<html");
    execFileSync(ip, [...words, "ping", "-c", "2", "-i", "0.2", "-W", "5", "10.0.0.2"]);
  },
  60_000,
);
