import { createHash } from "node:crypto";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { copyOfExample, mirageOk, run, startMirage } from "../../src/support/mirage.js";
import { virtioTest } from "./machine.js";

const translated = ["--accelerator", "tcg"];

async function built(example: string): Promise<string> {
  const folder = copyOfExample(example);
  await mirageOk(["configure", "--virtio"], folder);
  await mirageOk(["build"], folder);
  return folder;
}

virtioTest("mirage run follows a kernel in QEMU, and Ctrl-C powers it off", async () => {
  const folder = await built("www");
  const running = startMirage(["run", ...translated, "--publish", "127.0.0.1:0:80"], folder);
  const [, port = ""] = await running.says(/127\.0\.0\.1:(\d+)/);
  await running.says(/network is up with the address 10\.0\.0\.2/);
  await running.says(/is ready/);
  const page = await fetch(`http://127.0.0.1:${port}/`);
  expect(await page.text()).toBe(readFileSync(join(folder, "htdocs/index.html"), "utf8"));
  running.child.kill("SIGINT");
  expect((await running.finished).code).toBe(0);
});

virtioTest("www serves HTTPS from a kernel, with a certificate of its own", async () => {
  const folder = copyOfExample("www");
  appendFileSync(join(folder, "www.conf"), "https-port: 443\n");
  await mirageOk(["configure", "--virtio"], folder);
  await mirageOk(["build"], folder);
  const running = startMirage(["run", ...translated, "--publish", "127.0.0.1:0:443"], folder);
  const [, port = ""] = await running.says(/127\.0\.0\.1:(\d+)/);
  const [, fingerprint = ""] = await running.says(/self-signed .* SHA-256 ([0-9A-F:]{95})/);
  await running.says(/is ready/);
  const url = `https://127.0.0.1:${port}/`;
  const { stdout } = await run("curl", ["--silent", "--insecure", "--max-time", "60", url]);
  expect(stdout).toBe(readFileSync(join(folder, "htdocs/index.html"), "utf8"));
  const shown = await run("sh", [
    "-c",
    `openssl s_client -connect 127.0.0.1:${port} </dev/null | openssl x509 -noout -fingerprint -sha256`,
  ]);
  expect(shown.stdout).toContain(fingerprint);
  running.child.kill("SIGINT");
  expect((await running.finished).code).toBe(0);
});

virtioTest("hello runs to its end", async () => {
  const folder = await built("hello");
  const { stdout } = await mirageOk(["run", ...translated], folder);
  expect(stdout.replaceAll("\r", "")).toContain("hello\nworld\nhello\nworld\n");
});

virtioTest("the kernel is the same file as for Xen", async () => {
  const folder = await built("hello");
  const kernel = join(folder, "mir-hello.xen");
  const digest = () => createHash("sha256").update(readFileSync(kernel)).digest("hex");
  const virtio = digest();
  await mirageOk(["configure", "--xen"], folder);
  await mirageOk(["build"], folder);
  expect(digest()).toBe(virtio);
});

virtioTest("libvirt's own schema takes the domain that is printed", async () => {
  const folder = await built("www");
  const { stdout } = await mirageOk(["run", "--print", "libvirt"], folder);
  const file = join(folder, "www.xml");
  writeFileSync(file, stdout);
  const { code, stderr } = await run("virt-xml-validate", [file, "domain"]);
  expect(code, stderr).toBe(0);
});
