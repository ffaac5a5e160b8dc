import { execFileSync } from "node:child_process";
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { copyOfExample } from "../../src/support/mirage.js";
import { isRoot, networkNamespace } from "../../src/support/namespace.js";
import { buildForXen } from "../../xen/src/application.js";
import { Machine, virtioTest } from "./machine.js";

virtioTest("www serves its files by IPv6 from a kernel, to Linux's stack", async ({ skip }) => {
  skip(!isRoot, "a TAP device takes root");
  const folder = copyOfExample("www");
  appendFileSync(join(folder, "www.conf"), "ip6-address: fd00::2/64\nip6-gateway: fd00::1\n");
  await buildForXen(folder);
  const { name, exec } = networkNamespace(onTestFinished);
  const inside = (...words: string[]) =>
    execFileSync(exec[0] ?? "", [...exec.slice(1), ...words], { maxBuffer: 1 << 26 });
  inside("ip", "tuntap", "add", "tap0", "mode", "tap", "vnet_hdr");
  inside("ip", "address", "add", "10.0.0.1/24", "dev", "tap0");
  inside("ip", "address", "add", "fd00::1/64", "dev", "tap0", "nodad");
  inside("ip", "link", "set", "tap0", "up");
  const machine = await Machine.start("q35", folder, {
    taps: { namespace: name, devices: ["tap0"] },
  });
  const answers = () => {
    try {
      inside("ping", "-6", "-c", "1", "-W", "1", "fd00::2");
      return true;
    } catch {
      return false;
    }
  };
  await expect.poll(answers, { timeout: 120_000, interval: 500 }).toBe(true);
  const ping = (size: number) =>
    String(inside("ping", "-6", "-c", "3", "-W", "20", "-s", `${size}`, "fd00::2"));
  expect(ping(56)).toContain(" 0% packet loss");
  expect(ping(4000), "in fragments").toContain(" 0% packet loss");
  const page = inside("curl", "-6", "-sS", "--max-time", "60", "http://[fd00::2]/");
  expect(page.equals(readFileSync(join(folder, "htdocs/index.html")))).toBe(true);
  const same = inside("curl", "-4", "-sS", "--max-time", "60", "http://10.0.0.2/");
  expect(same.equals(page), "by IPv4").toBe(true);
  await machine.command("system_powerdown");
  expect(await machine.ends()).toBe(0);
});
