import { execFileSync } from "node:child_process";
import { createHash, createPublicKey } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { copyOfExample, mirageOk, run, startMirage, temporaryFolder } from "./support/mirage.js";

const server = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
const leaf = ["-addext", "basicConstraints=critical,CA:FALSE", "-days", "2"];

/** examples/www with HTTPS, its certificate in the program and its key on a disk. */
function withCertificate(): string {
  const folder = copyOfExample("www");
  mkdirSync(join(folder, "tls"));
  const [certificate, key] = [join(folder, "tls", "server.pem"), join(folder, "keys.img")];
  const files = ["-out", certificate, "-keyout", key];
  execFileSync("openssl", [...server, ...names, ...leaf, ...files], { stdio: "ignore" });
  truncateSync(key, 4096);
  appendFileSync(
    join(folder, "www.conf"),
    [
      "fs-tls: tls",
      "block-keys: keys.img",
      "https-port: 443",
      "https-certificate: tls/server.pem",
      "https-key: keys",
      "https-redirect: true",
      "https-hsts: 600",
      "",
    ].join("\n"),
  );
  return folder;
}

const chromium = "/usr/bin/chromium";

/** What Chromium makes of a page; it believes the certificate by its key. */
async function inChromium(url: string, certificate: string): Promise<string> {
  const pem = execFileSync("openssl", ["x509", "-in", certificate, "-noout", "-pubkey"]);
  const key = createPublicKey(pem).export({ type: "spki", format: "der" });
  const hash = createHash("sha256").update(key).digest("base64");
  const { stdout } = await run(chromium, [
    ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    ...["--disable-component-update", "--disable-sync", `--user-data-dir=${temporaryFolder()}`],
    ...[`--ignore-certificate-errors-spki-list=${hash}`, "--dump-dom", url],
  ]);
  return stdout;
}

async function curl(...args: string[]): Promise<string> {
  const { stdout } = await run("curl", ["--silent", "--show-error", "--max-time", "20", ...args]);
  return stdout;
}

/** Starts the site with ports published, and returns those of the host. */
async function serve(folder: string, ...ports: number[]) {
  const publish = ports.flatMap((port) => ["--publish", `127.0.0.1:0:${port}`]);
  const running = startMirage(["run", ...publish], folder);
  const found = await Promise.all(
    ports.map(async (port) => {
      const [, host = ""] = await running.says(
        new RegExp(`127\\.0\\.0\\.1:(\\d+)[^\\n]*\\b${port}\\b`),
      );
      return host;
    }),
  );
  await running.says(/is ready/);
  return { running, ports: found };
}

describe("www over HTTPS on --unix", () => {
  test("curl believes its certificate, and is sent from HTTP to HTTPS", async () => {
    const folder = withCertificate();
    await mirageOk(["configure", "--unix"], folder);
    await mirageOk(["build"], folder);
    const { running, ports } = await serve(folder, 443, 80);
    const [https = "", http = ""] = ports;
    const url = `https://localhost:${https}/`;
    const authority = ["--cacert", join(folder, "tls", "server.pem")];
    const head = await curl(...authority, "--head", url);
    expect(head).toMatch(/^HTTP\/1\.1 200/);
    expect(head).toMatch(/^strict-transport-security: max-age=600\r$/im);
    expect(await curl(...authority, url)).toContain("<html");
    if (existsSync(chromium)) {
      expect(await inChromium(url, join(folder, "tls", "server.pem"))).toContain("<html");
    }
    const moved = await curl("--head", `http://localhost:${http}/a?b=c`);
    expect(moved).toMatch(/^HTTP\/1\.1 308/);
    expect(moved).toMatch(/^location: https:\/\/localhost\/a\?b=c\r$/im);
    running.child.kill("SIGINT");
    await running.finished;
  });
});

describe("www over HTTPS on --socket", () => {
  test("makes a certificate of its own, and says so", async () => {
    const folder = copyOfExample("www");
    const conf = join(folder, "www.conf");
    const port = 20000 + (process.pid % 20000);
    const lines = ["main-http: Dispatch.callback", "fs-static: htdocs", "http-address: 127.0.0.1"];
    const tls = [`http-port: ${port}`, `https-port: ${port + 1}`];
    writeFileSync(conf, `${[...lines, ...tls].join("\n")}\n`);
    await mirageOk(["configure", "--socket"], folder);
    await mirageOk(["build"], folder);
    const running = startMirage(["run"], folder);
    await running.says(/self-signed certificate.*SHA-256 ([0-9A-F]{2}:){31}[0-9A-F]{2}/);
    await running.says(/is ready/);
    expect(await curl("--insecure", `https://localhost:${port + 1}/`)).toContain("<html");
    running.child.kill("SIGINT");
    await running.finished;
  });
});
