import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { certificates, page, serveExampleOrg } from "../../src/support/example-org.js";
import {
  copyOfExample,
  mirage,
  mirageOk,
  Running,
  startMirage,
  temporaryFolder,
  userEnv,
} from "../../src/support/mirage.js";
import { isRoot, networkNamespace } from "../../src/support/namespace.js";

const fetched = new RegExp(`http://example.org/: 200 OK, ${page.length} octets`);

function edit(path: string, from: string, to: string): void {
  writeFileSync(path, readFileSync(path, "utf8").replaceAll(from, to));
}

test("examples/fetch is refused as it is: there is no TLS, and the chain tells why", async () => {
  const { code, stderr } = await mirage(["configure", "--js"], copyOfExample("fetch"));
  expect(code).toBe(1);
  expect(stderr).toContain("no device `https_client`");
  expect(stderr).toContain("mirage-runtime-tls → mirage-crypto");
  expect(stderr).toContain("use `http_client`");
});

test("a library with C and without its twin is refused, with its chain", async () => {
  const folder = copyOfExample("hello");
  writeFileSync(join(folder, "hello.conf"), "main-noip: Hello.main\ndepends: lwt, x509\n");
  const { code, stderr } = await mirage(["configure", "--js"], folder);
  expect(code).toBe(1);
  expect(stderr).toMatch(/`x509` cannot be in a JavaScript module: .*\(x509 → .*\)/);
});

describe.runIf(isRoot)("examples/fetch over plain HTTP", () => {
  let folder: string;
  beforeAll(async () => {
    const jobs: (() => void)[] = [];
    folder = copyOfExample("fetch", (job) => jobs.push(job));
    edit(join(folder, "fetch.conf"), "https_client", "http_client");
    edit(join(folder, "fetch.ml"), "https://", "http://");
    certificates(folder);
    await mirageOk(["configure", "--js"], folder);
    await mirageOk(["build"], folder);
    return () => {
      for (const job of jobs) job();
    };
  });

  test("its own stack finds the server by DHCP and DNS", async () => {
    const namespace = networkNamespace(onTestFinished);
    const ip = (...args: string[]) => execFileSync("ip", ["-n", namespace.name, ...args]);
    ip("link", "add", "br0", "type", "bridge");
    ip("address", "add", "10.0.0.1/24", "dev", "br0");
    ip("link", "set", "br0", "up");
    await serveExampleOrg(namespace, folder, "br0");
    const running = startMirage(["run"], folder, namespace.exec);
    const [, tap = ""] = await running.says(/waits for a DHCP server on (tap\d+)/);
    ip("link", "set", tap, "master", "br0");
    await running.says(fetched);
    expect((await running.finished).code).toBe(0);
  });

  test("on the sockets of Node.js it asks the name server of the host", async () => {
    const namespace = networkNamespace(onTestFinished);
    await serveExampleOrg(namespace, folder, "lo");
    const resolv = join(temporaryFolder(), "resolv.conf");
    writeFileSync(resolv, "nameserver 127.0.0.1\n");
    const mounted = `mount --bind ${resolv} "$(readlink -f /etc/resolv.conf)" && exec "$@"`;
    const inside = [...namespace.exec, "unshare", "--mount", "sh", "-c", mounted, "sh"];
    const [command = "", ...words] = [...inside, process.execPath, "mir-fetch.js"];
    const { code, stdout, stderr } = await new Running(command, words, {
      cwd: folder,
      env: userEnv(),
    }).finished;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(fetched);
  });
});
