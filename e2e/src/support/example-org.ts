import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { Running, temporaryFolder } from "./mirage.js";
import type { Namespace } from "./namespace.js";

/** What example.org has at its root. */
export const page = "the page that example.org has in this network\n";

/** Writes `ca.pem`, a certificate authority, and `server.pem`, example.org's certificate that it has signed. */
export function certificates(folder: string): void {
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
export async function serveExampleOrg(
  namespace: Namespace,
  app: string,
  device: string,
): Promise<void> {
  const folder = temporaryFolder();
  const at = device === "lo" ? "127.0.0.1" : "10.0.0.1";
  const dhcp = device === "lo" ? [] : ["--dhcp-range=10.0.0.10,10.0.0.20,1h"];
  serve(namespace, "dnsmasq", [
    ...["--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--user="],
    ...["--bind-interfaces", `--interface=${device}`, "--pid-file=", "--dhcp-leasefile=/dev/null"],
    ...["--host-record=web.example.org,".concat(at), "--cname=example.org,web.example.org"],
    ...dhcp,
  ]);
  writeFileSync(join(folder, "index.html"), page);
  const conf = [
    // As root, for whom no folder on the way to the page is closed.
    "user root; daemon off; pid nginx.pid; error_log stderr; events { }",
    "http { access_log off; client_body_temp_path tmp; proxy_temp_path tmp;",
    "fastcgi_temp_path tmp; uwsgi_temp_path tmp; scgi_temp_path tmp;",
    `server { listen ${at}:80; listen ${at}:443 ssl; ssl_protocols TLSv1.3; root ${folder};`,
    `ssl_certificate ${app}/server.pem; ssl_certificate_key ${app}/server.key; } }`,
  ];
  writeFileSync(join(folder, "nginx.conf"), `${conf.join("\n")}\n`);
  serve(namespace, "nginx", ["-p", folder, "-c", join(folder, "nginx.conf")]);
  await listening(namespace, 443);
}
