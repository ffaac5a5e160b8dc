import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { copyOfExample, mirage, mirageOk } from "../../src/support/mirage.js";
import { virtioTest } from "./machine.js";

const [port, metricsPort] = [18_949, 18_950];

virtioTest(
  "examples/service in QEMU is told, asked, watched, paused and started again",
  async () => {
    const folder = copyOfExample("service");
    await mirageOk(["configure", "--virtio"], folder);
    await mirageOk(["build"], folder);
    onTestFinished(async () => {
      await mirage(["stop", "service"], folder);
      await mirage(["rm", "service"], folder);
    });
    const told = ["--ip-address", "10.0.9.2/24", "--ip-gateway", "10.0.9.1", "--greeting", "a b"];
    await mirageOk(
      [
        ...["run", "--detach", "--accelerator", "tcg", "--strict-port", "--health-interval", "1"],
        ...["--publish", `127.0.0.1:${port}:8080`, "--publish", `127.0.0.1:${metricsPort}:9100`],
        ...["--", ...told],
      ],
      folder,
    );
    const page = async () => (await fetch(`http://127.0.0.1:${port}/`)).text();
    for (let i = 0; i < 3; i++) expect(await page()).toBe("a b\n");

    const stats = JSON.parse((await mirageOk(["stats", "service", "--json"], folder)).stdout);
    expect(stats).toMatchObject({ requests: 3, connections: expect.any(Number) });
    expect(stats.cpu).toBeGreaterThan(0);
    expect(stats.cpu).toBeLessThan(stats.uptime);
    expect(stats.network.sent).toBeGreaterThan(100);
    expect((await mirageOk(["netstat", "service"], folder)).stdout).toMatch(
      /^TcpPassiveOpens +\d+$/m,
    );
    await mirageOk(["log-level", "service", "debug"], folder);
    expect((await mirageOk(["log-level", "service"], folder)).stdout).toBe("debug\n");
    expect((await mirageOk(["top", "--count", "1"], folder)).stdout).toMatch(
      /^service +[\d.]+ % /m,
    );

    const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    expect(metrics).toMatch(/^service_greeted_total 3$/m);
    expect(metrics).toMatch(/^http_requests_total\{code="200"\} 3$/m);
    expect(metrics).toMatch(/^mirage_net_tcp_passive_opens_total \d+$/m);

    const file = join(folder, "frames.pcapng");
    const capture = mirageOk(["capture", "service", "--output", file, "--seconds", "3"], folder);
    for (let i = 0; i < 10; i++) {
      await page();
      await new Promise((settle) => setTimeout(settle, 200));
    }
    expect((await capture).stderr).toMatch(/\d+ frames/);
    const frames = execFileSync("tcpdump", ["-nr", file, "tcp port 8080"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    expect(frames).toContain("10.0.9.2.8080");

    const inspected = async () =>
      JSON.parse((await mirageOk(["inspect", "service"], folder)).stdout)[0];
    await expect
      .poll(inspected, { timeout: 60_000 })
      .toMatchObject({ health: { state: "healthy" } });

    await mirageOk(["pause", "service"], folder);
    await new Promise((settle) => setTimeout(settle, 500));
    await mirageOk(["resume", "service"], folder);
    expect(await page()).toBe("a b\n");
    await mirageOk(["restart", "service"], folder);
    const again = JSON.parse((await mirageOk(["stats", "service", "--json"], folder)).stdout);
    expect(again.requests).toBe(0);
    expect(await page()).toBe("a b\n");
  },
);
