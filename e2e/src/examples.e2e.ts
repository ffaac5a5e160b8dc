import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { exchange } from "./support/datagram.js";
import {
  copyOfExample,
  mirage,
  mirageOk,
  type Running,
  run,
  startMirage,
} from "./support/mirage.js";
import { urlPath, writeSite } from "./support/site.js";
import { readAll } from "./support/stream.js";

/** Starts the application with a port published, and returns the host's port. */
async function publish(folder: string, port: number, protocol = "tcp") {
  const spec = `127.0.0.1:0:${port}${protocol === "tcp" ? "" : `/${protocol}`}`;
  const running = startMirage(["run", "--publish", spec], folder);
  const [, host = ""] = await running.says(/127\.0\.0\.1:(\d+)/);
  await running.says(/is ready/);
  return { running, port: Number(host) };
}

async function stop(running: Running, signal: NodeJS.Signals = "SIGINT") {
  running.child.kill(signal);
  return running.finished;
}

async function configured(example: string, target: string): Promise<string> {
  const folder = copyOfExample(example);
  await mirageOk(["configure", target], folder);
  await mirageOk(["build"], folder);
  return folder;
}

describe.each(["--unix", "--socket"])("hello on %s", (target) => {
  test("runs to its end", async () => {
    const folder = await configured("hello", target);
    const { stdout } = await mirageOk(["run"], folder);
    expect(stdout).toBe("hello\nworld\nhello\nworld\n");
  });
});

describe("hello on --xen", () => {
  test("is a kernel that also boots under plain QEMU", async () => {
    const folder = await configured("hello", "--xen");
    const machine = "-accel tcg -cpu qemu64,+rdrand -m 64 -nographic -no-reboot";
    const args = [...machine.split(" "), "-kernel", join(folder, "mir-hello.xen")];
    const { stdout } = await run("timeout", ["60", "qemu-system-x86_64", ...args]);
    expect(stdout.replaceAll("\r", "")).toContain("hello\nworld\nhello\nworld\n");
    const refused = await mirage(["run"], folder);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("no xl") });
  });
});

describe("ping on --unix", () => {
  test("answers UDP echo from its own stack", async () => {
    const folder = await configured("ping", "--unix");
    const { running, port } = await publish(folder, 7, "udp");
    expect(await exchange(port, "are you there?")).toBe("are you there?");
    expect((await stop(running)).code).toBe(130);
  });
});

describe("app on --unix", () => {
  test("serves its quote over TCP and echoes UDP", async () => {
    const folder = await configured("app", "--unix");
    const tcp = await publish(folder, 17);
    expect(await readAll(tcp.port)).toContain("A unikernel holds what it needs");
    await tcp.running.says(/quote for 10\.0\.0\.1:/);
    await stop(tcp.running);
    const udp = await publish(folder, 7, "udp");
    expect(await exchange(udp.port, "echo")).toBe("echo");
  });
});

describe("app that asks for its address", () => {
  test("gets one from mirage's own DHCP server and serves", async () => {
    const folder = copyOfExample("app");
    const conf = join(folder, "app.conf");
    const text = readFileSync(conf, "utf8").replace(/^ip-.*\n/gm, "");
    writeFileSync(conf, `${text}ip-use-dhcp: true\n`);
    await mirageOk(["configure"], folder);
    await mirageOk(["build"], folder);
    const { port } = await publish(folder, 17);
    expect(await readAll(port)).toContain("A unikernel holds what it needs");
  });
});

describe("www", () => {
  let folder: string;
  let files: Map<string, Buffer>;
  beforeAll(async () => {
    const jobs: (() => void)[] = [];
    folder = copyOfExample("www", (job) => jobs.push(job));
    rmSync(join(folder, "htdocs"), { recursive: true });
    files = writeSite(join(folder, "htdocs"));
    await mirageOk(["configure", "--unix"], folder);
    await mirageOk(["build"], folder);
    return () => {
      for (const job of jobs) job();
    };
  });

  test("every file of a real site comes back byte for byte", async () => {
    expect(files.size).toBeGreaterThan(200);
    const { running, port } = await publish(folder, 80);
    for (const [path, content] of files) {
      const response = await fetch(`http://127.0.0.1:${port}${urlPath(path)}`);
      expect(response.status, path).toBe(200);
      const body = Buffer.from(await response.arrayBuffer());
      expect(body.equals(content), path).toBe(true);
    }
    const start = await fetch(`http://127.0.0.1:${port}/`);
    expect(start.headers.get("content-type")).toContain("text/html");
    expect(await start.text()).toBe(files.get("index.html")?.toString());
    expect((await fetch(`http://127.0.0.1:${port}/nowhere`)).status).toBe(404);
    expect((await fetch(`http://127.0.0.1:${port}/../www.conf`)).status).toBe(404);
    expect((await stop(running)).code).toBe(130);
  });

  test("a changed file is in the next build", async () => {
    files.set("index.html", Buffer.from("<!doctype html><title>changed</title>\n"));
    writeFileSync(join(folder, "htdocs/index.html"), files.get("index.html") ?? "");
    await mirageOk(["build"], folder);
    const { port } = await publish(folder, 80);
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toContain("changed");
  });

  test("the same source serves on the host's sockets", async () => {
    const sockets = copyOfExample("www");
    const conf = join(sockets, "www.conf");
    writeFileSync(conf, readFileSync(conf, "utf8").replace("http-port: 80", "http-port: 18080"));
    await mirageOk(["configure", "--socket"], sockets);
    await mirageOk(["build"], sockets);
    const running = startMirage(["run"], sockets);
    await running.says(/serves TCP/);
    const response = await fetch("http://127.0.0.1:18080/");
    expect(response.status).toBe(200);
    expect(await response.text()).toContain("Served by a unikernel");
    expect((await stop(running)).code).toBe(130);
  });
});
