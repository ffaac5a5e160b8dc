import { execFileSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { certificates, page, serveExampleOrg } from "../../src/support/example-org.js";
import { copyOfExample } from "../../src/support/mirage.js";
import { isRoot, networkNamespace } from "../../src/support/namespace.js";
import { readAll } from "../../src/support/stream.js";
import { buildForXen, builtExample } from "../../xen/src/application.js";
import { type Board, boards, Machine, virtioTest } from "./machine.js";

// quick.virtio.ts has the examples hello and www.
const all = Object.keys(boards) as Board[];

virtioTest("app serves its quote, on the address that the command line says", async () => {
  const folder = await builtExample("app");
  for (const board of all) {
    const machine = await Machine.start(board, folder, {
      address: "10.0.0.9",
      port: 17,
      commandLine: "ip=10.0.0.9::10.0.0.1:255.255.255.0::eth0:off",
    });
    await machine.says(/^ready\r?$/m);
    expect(await readAll(machine.port), board).toContain("A unikernel holds what it needs");
  }
});

virtioTest("ping answers ICMP and UDP echo behind a TAP device", async ({ skip }) => {
  skip(!isRoot, "a TAP device takes root");
  const folder = await builtExample("ping");
  for (const board of all) {
    const { name, exec } = networkNamespace(onTestFinished);
    const inside = (...words: string[]) =>
      execFileSync(exec[0] ?? "", [...exec.slice(1), ...words], { encoding: "utf8" });
    inside("ip", "tuntap", "add", "tap0", "mode", "tap", "vnet_hdr");
    inside("ip", "address", "add", "10.0.0.1/24", "dev", "tap0");
    inside("ip", "link", "set", "tap0", "up");
    const machine = await Machine.start(board, folder, {
      taps: { namespace: name, devices: ["tap0"] },
    });
    await machine.says(/^net: echo on UDP port 7\r?$/m);
    expect(inside("ping", "-c", "10", "-W", "20", "10.0.0.2"), board).toContain(" 0% packet loss");
    const echo = `exec 3<>/dev/udp/10.0.0.2/7; printf hello >&3; read -r -t 20 -N 5 a <&3; printf %s "$a"`;
    expect(inside("bash", "-c", echo), board).toBe("hello");
    await machine.command("system_powerdown");
    expect(await machine.ends(), board).toBe(0);
  }
});

virtioTest(
  "fetch finds its server by DHCP and DNS, and checks its certificate",
  async ({ skip }) => {
    skip(!isRoot, "a TAP device takes root");
    const folder = copyOfExample("fetch");
    certificates(folder);
    appendFileSync(join(folder, "fetch.conf"), "https-anchors: ca.pem\n");
    await buildForXen(folder);
    for (const board of all) {
      const namespace = networkNamespace(onTestFinished);
      const ip = (...words: string[]) => execFileSync("ip", ["-n", namespace.name, ...words]);
      ip("tuntap", "add", "tap0", "mode", "tap", "vnet_hdr");
      ip("address", "add", "10.0.0.1/24", "dev", "tap0");
      ip("link", "set", "tap0", "up");
      await serveExampleOrg(namespace, folder, "tap0");
      const machine = await Machine.start(board, folder, {
        taps: { namespace: namespace.name, devices: ["tap0"] },
      });
      expect(await machine.ends(), board).toBe(0);
      expect(machine.console, board).toContain(
        `https://example.org/: 200 OK, ${page.length} octets\n`,
      );
    }
  },
);
