import { execFileSync } from "node:child_process";
import { appendFileSync, chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, onTestFinished, test } from "vitest";
import {
  copyOfExample,
  mirageOk,
  Running,
  startMirage,
  temporaryFolder,
} from "./support/mirage.js";
import { isRoot, type Namespace, networkNamespace } from "./support/namespace.js";

const page = "the page that example.org has in this network\n";

/** A certificate authority, and a certificate of example.org that it has signed. */
function certificates(folder: string): void {
  const openssl = (...args: string[]) =>
    execFileSync("openssl", args, { cwd: folder, stdio: "ignore" });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  const files = (name: string) => ["-keyout", `${name}.key`, "-out", `${name}.pem`, "-days", "2"];
  openssl("req", "-x509", ...key, ...files("ca"), "-subj", "/CN=a test's authority");
  const leaf = ["subjectAltName=DNS:example.org", "basicConstraints=critical,CA:FALSE"];
  const signed = ["-CA", "ca.pem", "-CAkey", "ca.key", "-subj", "/CN=example.org"];
  const extensions = leaf.flatMap((text) => ["-addext", text]);
  openssl("req", "-x509", ...key, ...files("server"), ...signed, ...extensions);
}

/** Starts a server in a namespace and ends it with the test. */
function serve(namespace: Namespace, command: string, args: readonly string[], cwd?: string) {
  const [program = "", ...words] = [...namespace.exec, command, ...args];
  const running = new Running(program, words, cwd === undefined ? {} : { cwd });
  onTestFinished(async () => {
    running.child.kill("SIGTERM");
    await running.finished;
  });
  return running;
}

/** Waits until something listens on a TCP port of a namespace. */
async function listening({ exec }: Namespace, port: number): Promise<void> {
  const [command = "", ...words] = [...exec, "ss", "-Hltn", `sport = :${port}`];
  for (let attempt = 0; attempt < 100; attempt++) {
    if (execFileSync(command, words).length > 0) return;
    await sleep(50);
  }
  throw new Error(`nothing listens on port ${port}`);
}

/**
 * Gives a namespace a name server, DHCP unless `device` is the loopback, and example.org's web server,
 * whose certificate lies in `app`.
 */
async function network(namespace: Namespace, app: string, device: string): Promise<void> {
  const folder = temporaryFolder();
  const at = device === "lo" ? "127.0.0.1" : "10.0.0.1";
  const dhcp = device === "lo" ? [] : ["--dhcp-range=10.0.0.10,10.0.0.20,1h"];
  serve(namespace, "dnsmasq", [
    ...["--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--user="],
    ...["--bind-interfaces", `--interface=${device}`, "--pid-file=", "--dhcp-leasefile=/dev/null"],
    ...["--host-record=web.example.org,".concat(at), "--cname=example.org,web.example.org"],
    ...dhcp,
  ]);
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, "index.html"), page);
  const conf = [
    "daemon off; pid nginx.pid; error_log stderr; events { }",
    "http { access_log off; client_body_temp_path tmp; proxy_temp_path tmp;",
    "fastcgi_temp_path tmp; uwsgi_temp_path tmp; scgi_temp_path tmp;",
    `server { listen ${at}:443 ssl; ssl_protocols TLSv1.3; root ${folder};`,
    `ssl_certificate ${app}/server.pem; ssl_certificate_key ${app}/server.key; } }`,
  ];
  writeFileSync(join(folder, "nginx.conf"), `${conf.join("\n")}\n`);
  serve(namespace, "nginx", ["-p", folder, "-c", join(folder, "nginx.conf")]);
  await listening(namespace, 443);
}

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
    await network(namespace, folder, "br0");
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
    await network(namespace, folder, "lo");
    const resolv = join(temporaryFolder(), "resolv.conf");
    writeFileSync(resolv, "nameserver 127.0.0.1\n");
    const mounted = `mount --bind ${resolv} "$(readlink -f /etc/resolv.conf)" && exec "$@"`;
    const prefix = [...namespace.exec, "unshare", "--mount", "sh", "-c", mounted, "sh"];
    const running = startMirage(["run"], folder, prefix);
    await running.says(new RegExp(`200 OK, ${page.length} octets`));
    await running.finished;
  });
});
