import { execFileSync } from "node:child_process";
import { copyFileSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { connect } from "node:tls";
import { describe, expect, test } from "vitest";
import type { AcmeServer } from "./support/acme/server.js";
import { startAcme } from "./support/acme/start.js";
import { copyOfExample, mirageOk, run, startMirage, temporaryFolder } from "./support/mirage.js";

const domain = "www.mirage.test";

/** Ports that nobody uses. */
async function freePorts(): Promise<{ httpPort: number; tlsPort: number }> {
  const servers = [createServer(), createServer()];
  const [httpPort = 0, tlsPort = 0] = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((settle) => {
          server.listen(0, "127.0.0.1", () => settle((server.address() as { port: number }).port));
        }),
    ),
  );
  for (const server of servers) server.close();
  return { httpPort, tlsPort };
}

describe("the tests' authority, by other clients", () => {
  const certbot = ["certbot", "certonly", "--standalone", "--non-interactive", "--agree-tos"];
  const has = (command: string) => {
    try {
      execFileSync("which", [command], { stdio: "ignore" });
      return true;
    } catch {
      return false;
    }
  };

  test.runIf(has("certbot"))("certbot gets a certificate by http-01", async () => {
    const ports = await freePorts();
    const acme = await startAcme(ports, { badNonces: 1 });
    const folder = temporaryFolder();
    const folders = ["config", "work", "logs"].flatMap((name) => [
      `--${name}-dir`,
      join(folder, name),
    ]);
    const [command = "", ...words] = certbot;
    const place = ["--server", acme.directory, "--http-01-port", String(ports.httpPort)];
    const who = [
      "--http-01-address",
      "127.0.0.1",
      "-m",
      "ann@mirage.test",
      "-d",
      domain,
      "-d",
      `a.${domain}`,
    ];
    const env = { ...process.env, REQUESTS_CA_BUNDLE: acme.authority.root };
    const { code, stderr } = await run(command, [...words, ...folders, ...place, ...who], { env });
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(acme.proofs.sort()).toEqual([`http-01 a.${domain}`, `http-01 ${domain}`]);
    const chain = readFileSync(join(folder, "config/live", domain, "fullchain.pem"), "utf8");
    expect(chain.replace(/\n+/g, "\n")).toBe(acme.issued[0]?.replace(/\n+/g, "\n"));
  });

  test.runIf(has("lego")).each([
    ["http-01", (port: number) => ["--http", "--http.port", `127.0.0.1:${port}`]],
    ["tls-alpn-01", (port: number) => ["--tls", "--tls.port", `127.0.0.1:${port}`]],
  ])("lego gets a certificate by %s", async (type, how) => {
    const ports = await freePorts();
    const acme = await startAcme(ports);
    const port = type === "http-01" ? ports.httpPort : ports.tlsPort;
    const who = ["--server", acme.directory, "--email", "ann@mirage.test", "--domains", domain];
    const env = { ...process.env, LEGO_CA_CERTIFICATES: acme.authority.root };
    const words = [...who, "--accept-tos", "--path", temporaryFolder(), ...how(port), "run"];
    const { code, stderr } = await run("lego", words, { env });
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(acme.proofs).toEqual([`${type} ${domain}`]);
    expect(acme.refusals).toEqual([]);
  });
});

/** examples/www with a certificate of that authority, built for --socket. */
async function build(acme: AcmeServer, challenge: string) {
  const { httpPort, tlsPort } = acme.behaviour.place;
  const folder = copyOfExample("www");
  copyFileSync(acme.authority.root, join(folder, "root.pem"));
  const server = ["main-http: Dispatch.callback", "fs-static: htdocs", "http-address: 127.0.0.1"];
  const lines = [
    ...server,
    `http-port: ${httpPort}`,
    `https-port: ${tlsPort}`,
    `https-acme: ${acme.directory}`,
    `https-domain: ${domain}`,
    "https-store: certs",
    "https-contact: mailto:ann@mirage.test",
    `https-challenge: ${challenge}`,
    "https-anchors: root.pem",
    "block-certs: certs.img",
  ];
  writeFileSync(join(folder, "www.conf"), `${lines.join("\n")}\n`);
  blank(folder);
  await mirageOk(["configure", "--socket"], folder);
  await mirageOk(["build"], folder);
  return folder;
}

function blank(folder: string): void {
  writeFileSync(join(folder, "certs.img"), "");
  truncateSync(join(folder, "certs.img"), 131_072);
}

/** What the site shows curl, which believes the authority alone. */
async function page(acme: AcmeServer): Promise<string> {
  const { tlsPort } = acme.behaviour.place;
  const place = ["--resolve", `${domain}:${tlsPort}:127.0.0.1`, "--cacert", acme.authority.root];
  const how = ["--silent", "--show-error", "--max-time", "20", "--noproxy", "*"];
  const { stdout, stderr } = await run("curl", [...how, ...place, `https://${domain}:${tlsPort}/`]);
  return stdout + stderr;
}

/** The number of the certificate that is served. */
function serial({ behaviour }: AcmeServer): Promise<string> {
  return new Promise((settle, fail) => {
    const port = behaviour.place.tlsPort;
    const options = { host: "127.0.0.1", port, servername: domain, rejectUnauthorized: false };
    const socket = connect(options, () => {
      settle(socket.getPeerX509Certificate()?.serialNumber ?? "");
      socket.destroy();
    });
    socket.on("error", fail);
  });
}

describe("www with a certificate of an authority", () => {
  test("by http-01: ordered, kept, renewed, and refused in words", async () => {
    const acme = await startAcme(await freePorts(), { rateLimits: 1 });
    const folder = await build(acme, "http-01");

    const limited = startMirage(["run"], folder);
    await limited.says(
      /no certificate: the order: it had too many requests: too many orders \(rateLimited\); once more in 3600 s/,
    );
    expect(await page(acme)).toMatch(/handshake failure/i);
    limited.child.kill("SIGINT");
    await limited.finished;

    const { httpPort } = acme.behaviour.place;
    Object.assign(acme.behaviour.place, { httpPort: 1 });
    const unreachable = startMirage(["run"], folder);
    await unreachable.says(
      /www\.mirage\.test: it cannot connect to this server: .*ECONNREFUSED.* \(connection\); once more in 60 s/,
    );
    unreachable.child.kill("SIGINT");
    await unreachable.finished;
    Object.assign(acme.behaviour, { badNonces: 2, validity: 25 });
    Object.assign(acme.behaviour.place, { httpPort });

    const running = startMirage(["run"], folder);
    await running.says(/a certificate for www\.mirage\.test is here/);
    expect(await page(acme)).toContain("<html");
    const first = await serial(acme);
    acme.behaviour.validity = 86_400;
    acme.forgetAccounts();
    await running.says(/is here[\s\S]*is here/);
    expect(await page(acme)).toContain("<html");
    expect(await serial(acme)).not.toBe(first);
    running.child.kill("SIGINT");
    await running.finished;
    expect(acme.proofs).toEqual([`http-01 ${domain}`, `http-01 ${domain}`]);
    expect(acme.contacts).toEqual(["mailto:ann@mirage.test", "mailto:ann@mirage.test"]);
    const kinds = acme.refusals.map((refusal) => refusal.split(":")[0]);
    const seen = ["rateLimited", "connection", "badNonce", "badNonce", "accountDoesNotExist"];
    expect(kinds).toEqual(seen);

    const last = await serialAfterRestart(acme, folder);
    expect(acme.issued).toHaveLength(2);
    expect(last).not.toBe(first);
  });

  test("by tls-alpn-01", async () => {
    const acme = await startAcme(await freePorts());
    const folder = await build(acme, "tls-alpn-01");
    const running = startMirage(["run"], folder);
    await running.says(/a certificate for www\.mirage\.test is here/);
    expect(await page(acme)).toContain("<html");
    running.child.kill("SIGINT");
    await running.finished;
    expect(acme.proofs).toEqual([`tls-alpn-01 ${domain}`]);
    expect(acme.refusals).toEqual([]);
  });

  test("a disk with something else on it is left alone", async () => {
    const acme = await startAcme(await freePorts());
    const folder = await build(acme, "http-01");
    writeFileSync(join(folder, "certs.img"), Buffer.alloc(131_072, "other"));
    const { stderr } = await startMirage(["run"], folder).finished;
    expect(stderr).toContain("the disk for certificates: it holds something else");
  });
});

async function serialAfterRestart(acme: AcmeServer, folder: string): Promise<string> {
  const again = startMirage(["run"], folder);
  await again.says(/is ready/);
  const shown = await serial(acme);
  again.child.kill("SIGINT");
  await again.finished;
  return shown;
}
