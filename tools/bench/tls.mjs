// pnpm bench tls [--rounds N]: examples/www with HTTPS, and nginx with OpenSSL beside it: handshakes, resumed ones
// and a large file, by the processor time that the server takes; the protocol alone and mirage-crypto's primitives,
// in memory; memory of a connection; sizes of the program and of the kernel. Everything is on loopback.
import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { ensureAptPackages } from "../apt.mjs";
import { ensureBuilt, root, runQuietly } from "../workspace.mjs";
import { load, machine, median, table } from "./support/measure.mjs";

const mirage = join(root, "apps/mirage/bin/mirage.js");
const packages = join(root, "packages");
const FILE_MIB = 32;
const SECONDS = 3;
/** Ticks a second of the times in /proc (sysconf(_SC_CLK_TCK)). */
const TICKS = 100;
const suite = "TLS_AES_128_GCM_SHA256";

export async function bench(args) {
  const { values } = parseArgs({ args, options: { rounds: { type: "string", default: "3" } } });
  ensureAptPackages(["curl", "nginx-light", "openssl"]);
  ensureBuilt();
  const folder = mkdtempSync(join(tmpdir(), "bench-tls-"));
  const before = load();
  try {
    const sizes = ["--virtio", "--socket"].map((flag) => build(folder, flag));
    const [httpPort, httpsPort] = await freePorts();
    const own = ["--http-port", `${httpPort}`, "--https-port", `${httpsPort}`];
    const servers = [
      { name: "www, --socket", command: ["./mir-www", ...own] },
      {
        name: "nginx with OpenSSL",
        command: ["nginx", "-c", nginxConfiguration(folder, httpsPort)],
      },
    ].map((server) => ({ ...server, measured: [] }));
    for (let round = 0; round < Number(values.rounds); round++) {
      for (const server of servers) {
        server.measured.push(await measureOnce(server.command, join(folder, "www"), httpsPort));
      }
    }
    console.log(`${machine()}, load ${before}; a second is one of the server's processor time\n`);
    table(
      ["", "full handshakes", "resumed", "a file"],
      servers.map(({ name, measured }) => {
        const middle = (key) => median(measured.map((one) => one[key]));
        return [
          name,
          `${Math.round(middle("full"))} 1/s`,
          `${Math.round(middle("resumed"))} 1/s`,
          `${Math.round(middle("bulk"))} MB/s`,
        ];
      }),
    );
    inMemory();
    table(
      ["size", "MB"],
      sizes.map(({ flag, bytes }) => [`www with HTTPS, ${flag}`, (bytes / 1e6).toFixed(2)]),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The protocol without a network beside what its primitives allow. */
function inMemory() {
  const program = "runtime-tls/test/speed.exe";
  runQuietly("dune build", "dune", ["build", "--root", packages, `./${program}`]);
  const text = execFileSync(join(packages, "_build/default", program), { encoding: "utf8" });
  const figures = Object.fromEntries(
    [...text.matchAll(/^(\S+) (\S+)$/gm)].map(([, name, figure]) => [name, Number(figure)]),
  );
  const { exchange, sign, full, resumed, bulk, memory } = figures;
  const limit = 1 / (1 / exchange + 1 / sign);
  const share = (figure, most) => `${Math.round((100 * figure) / most)} %`;
  table(
    ["in memory, the server's side", "", "primitives alone", ""],
    [
      [
        "full handshakes",
        `${Math.round(full)} 1/s`,
        `${Math.round(limit)} 1/s`,
        share(full, limit),
      ],
      [
        "resumed",
        `${Math.round(resumed)} 1/s`,
        `${Math.round(exchange)} 1/s`,
        share(resumed, exchange),
      ],
      [
        "AES-128-GCM, records of 16 KiB",
        `${Math.round(bulk)} MB/s`,
        `${Math.round(figures["aead-aes128"])} MB/s`,
        share(bulk, figures["aead-aes128"]),
      ],
      ["octets of an idle connection", `${Math.round(memory)}`, "", ""],
    ],
  );
}

/** The application with a large file, built for a target, and how large the program is. */
function build(folder, flag) {
  const application = join(folder, "www");
  const excluded = /\/(_build|mir-www[^/]*)$/;
  rmSync(application, { recursive: true, force: true });
  cpSync(join(root, "examples/www"), application, {
    recursive: true,
    filter: (path) => !excluded.test(path),
  });
  const lines = ["main-http: Dispatch.callback", "fs-static: htdocs", "http-address: *"];
  writeFileSync(
    join(application, "www.conf"),
    `${[...lines, "http-port: 8080", "https-port: 8443"].join("\n")}\n`,
  );
  // A kernel is weighed as it is; the file is for what is measured.
  if (flag === "--socket") {
    writeFileSync(join(application, "htdocs/large"), randomBytes(FILE_MIB << 20));
  }
  for (const words of [["configure", flag], ["build"]]) {
    runQuietly(`mirage ${words.join(" ")}`, process.execPath, [mirage, ...words], {
      cwd: application,
    });
  }
  const program = join(application, flag === "--socket" ? "mir-www" : "mir-www.xen");
  const extra = flag === "--socket" ? FILE_MIB << 20 : 0;
  return { flag, bytes: statSync(program).size - extra };
}

/** The file that makes nginx serve the same folder with a key of the same kind; its path. */
function nginxConfiguration(folder, port) {
  const [key, certificate] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  const files = ["-keyout", key, "-out", certificate, "-subj", "/CN=localhost"];
  execFileSync("openssl", ["req", "-x509", ...ec, ...files], { stdio: "ignore" });
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  const path = join(folder, "nginx.conf");
  writeFileSync(
    path,
    `daemon off; master_process off; user root; pid ${join(folder, "nginx.pid")}; error_log /dev/null;
events { worker_connections 1024; }
http {
  access_log off; sendfile on; open_file_cache max=100; types { text/html html; }
  ${temporary.map((name) => `${name}_temp_path ${folder};`).join(" ")}
  server {
    listen 127.0.0.1:${port} ssl; root ${join(folder, "www/htdocs")};
    ssl_certificate ${certificate}; ssl_certificate_key ${key};
    ssl_protocols TLSv1.3; ssl_ecdh_curve X25519; ssl_conf_command Ciphersuites ${suite};
  }
}
`,
  );
  return path;
}

/** Starts the server, loads it, and ends it: rates by its processor time. */
async function measureOnce([command, ...args], cwd, port) {
  const server = spawn(command, args, { cwd, stdio: "ignore" });
  const ended = new Promise((resolve) => server.once("exit", resolve));
  const address = `localhost:${port}`;
  try {
    const curl = ["-s", "-k", "-f", "-m", "20", "-o", "/dev/null"];
    await answers(() => execFileSync("curl", [...curl, `https://${address}/`]));
    const connect = ["s_time", "-connect", address, "-ciphersuites", suite, "-time", `${SECONDS}`];
    const handshakes = (...how) =>
      rateOf(server.pid, () => {
        const report = execFileSync("openssl", [...connect, ...how], { encoding: "utf8" });
        return Number(/^(\d+) connections in [\d.]+ real seconds/m.exec(report)?.[1]);
      });
    const full = handshakes("-new");
    const resumed = handshakes("-reuse", "-www", "/index.html");
    const bulk = rateOf(server.pid, () => {
      execFileSync("curl", [...curl, "--tls13-ciphers", suite, `https://${address}/large`]);
      return (FILE_MIB << 20) / 1e6;
    });
    return { full, resumed, bulk };
  } finally {
    server.kill("SIGKILL");
    await ended;
  }
}

/** How much `work` does for each second that the process has the processor. */
function rateOf(pid, work) {
  const before = processorSeconds(pid);
  const done = work();
  return done / (processorSeconds(pid) - before);
}

/** proc(5): user and system time are fields 14 and 15, the second behind the name's parenthesis being 3. */
function processorSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

async function answers(ask) {
  for (let attempt = 0; ; attempt++) {
    try {
      return ask();
    } catch (error) {
      if (attempt === 50) throw error;
      await setTimeout(200);
    }
  }
}

/** Two ports that nobody uses. */
async function freePorts() {
  const servers = [createServer(), createServer()];
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise((resolve) => {
          server.listen(0, "127.0.0.1", () => resolve(server.address().port));
        }),
    ),
  );
  for (const server of servers) server.close();
  return ports;
}
