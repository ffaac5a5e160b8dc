import { execFileSync } from "node:child_process";
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, onTestFinished, test } from "vitest";
import { certificates, page, serveExampleOrg } from "./support/example-org.js";
import {
  copyOfExample,
  mirageOk,
  type Running,
  startMirage,
  temporaryFolder,
} from "./support/mirage.js";
import { isRoot, networkNamespace } from "./support/namespace.js";

/** examples/fetch with an authority of its own among those it trusts. */
async function build(target: string, trusted: boolean): Promise<string> {
  const folder = copyOfExample("fetch");
  certificates(folder);
  if (trusted) appendFileSync(join(folder, "fetch.conf"), "https-anchors: ca.pem\n");
  await mirageOk(["configure", target], folder);
  await mirageOk(["build"], folder);
  return folder;
}

describe.runIf(isRoot)("examples/fetch", () => {
  /** Runs it on a bridge whose host is the server of everything. */
  async function onBridge(folder: string): Promise<Running> {
    const namespace = networkNamespace(onTestFinished);
    const ip = (...args: string[]) => execFileSync("ip", ["-n", namespace.name, ...args]);
    ip("link", "add", "br0", "type", "bridge");
    ip("address", "add", "10.0.0.1/24", "dev", "br0");
    ip("link", "set", "br0", "up");
    await serveExampleOrg(namespace, folder, "br0");
    const running = startMirage(["run"], folder, namespace.exec);
    const [, tap = ""] = await running.says(/waits for a DHCP server on (tap\d+)/);
    ip("link", "set", tap, "master", "br0");
    return running;
  }

  test("finds its server by DHCP and DNS, and checks its certificate", async () => {
    const running = await onBridge(await build("--unix", true));
    await running.says(new RegExp(`https://example.org/: 200 OK, ${page.length} octets`));
    await running.finished;
  });

  test("refuses a server whose certificate nobody vouches for", async () => {
    const running = await onBridge(await build("--unix", false));
    await running.says(/example\.org: .*no valid chain from the certificate to a trusted one/);
    await running.finished;
  });

  test("uses the host's resolv.conf with --socket", async () => {
    const folder = await build("--socket", true);
    const namespace = networkNamespace(onTestFinished);
    await serveExampleOrg(namespace, folder, "lo");
    const resolv = join(temporaryFolder(), "resolv.conf");
    writeFileSync(resolv, "nameserver 127.0.0.1\n");
    const mounted = `mount --bind ${resolv} "$(readlink -f /etc/resolv.conf)" && exec "$@"`;
    const prefix = [...namespace.exec, "unshare", "--mount", "sh", "-c", mounted, "sh"];
    const running = startMirage(["run"], folder, prefix);
    await running.says(new RegExp(`200 OK, ${page.length} octets`));
    await running.finished;
  });
});
