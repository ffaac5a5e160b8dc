// pnpm bench net [--rounds N]: examples/www on its own TCP/IP stack over a TAP device, and on Linux's
// sockets over a veth, and nginx there: requests a second, and a large file. Takes root; all of it happens
// in network namespaces made for it.
import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { ensureAptPackages } from "../apt.mjs";
import { ensureBuilt, root, runQuietly } from "../workspace.mjs";
import { load, machine, median, table } from "./support/measure.mjs";

const mirage = join(root, "apps/mirage/bin/mirage.js");
const FILE_MIB = 64;
/** The file is fetched so often over one connection. */
const FETCHES = 8;
const SECONDS = 5;
const CLIENTS = [1, 64, 1000];
const url = "http://10.0.0.2";

export async function bench(args) {
  const { values } = parseArgs({ args, options: { rounds: { type: "string", default: "5" } } });
  if (process.getuid?.() !== 0) throw new Error("network namespaces and TAP devices take root");
  ensureAptPackages(["curl", "iproute2", "nginx-light", "wrk"]);
  ensureBuilt();
  const folder = mkdtempSync(join(tmpdir(), "bench-net-"));
  const before = load();
  try {
    const systems = [
      { name: "its own stack, over a TAP device", flag: "--unix" },
      { name: "Linux's stack, over a veth", flag: "--socket" },
    ].map((system) => ({
      ...system,
      ...build(folder, system.flag),
      command: [process.execPath, mirage, "run"],
      measured: [],
    }));
    systems.push({
      name: "nginx, one worker, over a veth",
      application: folder,
      command: ["nginx", "-c", nginxConfiguration(folder, systems[1].application)],
      measured: [],
    });
    for (let round = 0; round < Number(values.rounds); round++) {
      for (const system of systems) system.measured.push(await measureOnce(system));
    }
    console.log(`${machine()}, load ${before}\n`);
    table(
      ["", ...CLIENTS.map((count) => connections(count)), `a file of ${FILE_MIB} MiB`],
      systems.map(({ name, measured }) => [
        name,
        ...CLIENTS.map((_, i) => `${Math.round(median(measured.map((one) => one.rates[i])))} 1/s`),
        `${median(measured.map((one) => one.gigabits)).toFixed(2)} Gbit/s`,
      ]),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function connections(count) {
  return count === 1 ? "1 connection" : `${count} connections`;
}

/** The application with a large file, built for a target. */
function build(folder, flag) {
  const application = join(folder, `www${flag}`);
  const excluded = /\/(_build|mir-www)$/;
  cpSync(join(root, "examples/www"), application, {
    recursive: true,
    filter: (path) => !excluded.test(path),
  });
  writeFileSync(join(application, "htdocs/large"), randomBytes(FILE_MIB << 20));
  for (const words of [["configure", flag], ["build"]]) {
    runQuietly(`mirage ${words.join(" ")}`, process.execPath, [mirage, ...words], {
      cwd: application,
    });
  }
  return { application };
}

/** The file that makes nginx serve the application's folder, as fast as it can; its path. */
function nginxConfiguration(folder, application) {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  const path = join(folder, "nginx.conf");
  writeFileSync(
    path,
    `daemon off; worker_processes 1; user root; pid ${join(folder, "nginx.pid")}; error_log /dev/null;
events { worker_connections 4096; }
http {
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000;
  open_file_cache max=1000; types { text/html html; }
  ${temporary.map((name) => `${name}_temp_path ${folder};`).join(" ")}
  server { listen 80; root ${join(application, "htdocs")}; }
}
`,
  );
  return path;
}

/** Starts the server, loads it, and ends it. */
async function measureOnce({ application, command, flag }) {
  const network = flag === "--unix" ? oneNamespace() : twoNamespaces();
  const server = spawn("ip", ["netns", "exec", network.server, ...command], {
    cwd: application,
    stdio: "ignore",
  });
  const ended = new Promise((resolve) => server.once("exit", resolve));
  const client = (command, ...args) =>
    execFileSync("ip", ["netns", "exec", network.client, command, ...args], { encoding: "utf8" });
  try {
    await answers(() => client("curl", "-s", "-f", "-m", "2", "-o", "/dev/null", url));
    const rates = CLIENTS.map((count) => {
      const report = client("wrk", "-t1", `-c${count}`, `-d${SECONDS}s`, `${url}/index.html`);
      if (/Non-2xx|Socket errors/.test(report)) throw new Error(report);
      return Number(/Requests\/sec: +([\d.]+)/.exec(report)?.[1]);
    });
    const times = client(
      ...["curl", "-s", "-f", "-w", "%{time_total} %{size_download}\n"],
      ...Array.from({ length: FETCHES }, () => ["-o", "/dev/null", `${url}/large`]).flat(),
    );
    const fetched = times
      .trim()
      .split("\n")
      .map((line) => line.split(" ").map(Number));
    const [seconds, octets] = [0, 1].map((i) => fetched.reduce((sum, one) => sum + one[i], 0));
    return { rates, gigabits: (8 * octets) / seconds / 1e9 };
  } finally {
    server.kill("SIGINT");
    await ended;
    network.remove();
  }
}

async function answers(ask) {
  for (let attempt = 0; attempt < 100; attempt++) {
    try {
      ask();
      return;
    } catch {
      await setTimeout(100);
    }
  }
  throw new Error("the application does not answer");
}

/** A namespace in which the application makes a TAP device, and in which the client is too. */
function oneNamespace() {
  const name = newNamespace("tap");
  return { server: name, client: name, remove: () => ip("netns", "delete", name) };
}

/** A namespace each, joined by a veth. */
function twoNamespaces() {
  const [server, client] = [newNamespace("server"), newNamespace("client")];
  ip("-n", server, "link", "add", "eth0", "type", "veth", "peer", "name", "eth0", "netns", client);
  for (const [name, address] of [
    [server, "10.0.0.2/24"],
    [client, "10.0.0.1/24"],
  ]) {
    ip("-n", name, "address", "add", address, "dev", "eth0");
    ip("-n", name, "link", "set", "eth0", "up");
  }
  const remove = () => {
    for (const name of [server, client]) ip("netns", "delete", name);
  };
  return { server, client, remove };
}

function newNamespace(role) {
  const name = `mirage-bench-${process.pid}-${role}`;
  ip("netns", "add", name);
  ip("-n", name, "link", "set", "lo", "up");
  return name;
}

function ip(...args) {
  execFileSync("ip", args);
}
