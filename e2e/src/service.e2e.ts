import { expect, onTestFinished, test } from "vitest";
import { copyOfExample, mirage, mirageOk } from "./support/mirage.js";

const port = 18_951;
const metricsPort = 18_952;

test("examples/service is healthy, falls ill, and is started again", async () => {
  const folder = copyOfExample("service");
  await mirageOk(["configure", "--socket"], folder);
  await mirageOk(["build"], folder);
  onTestFinished(async () => {
    await mirage(["stop", "service"], folder);
    await mirage(["rm", "service"], folder);
  });
  await mirageOk(
    [
      ...["run", "--detach", "--restart", "on-failure", "--health-interval", "1"],
      ...["--", "--http-port", `${port}`, "--metrics-port", `${metricsPort}`],
      ...["--greeting", "good morning"],
    ],
    folder,
  );
  const page = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).text();
  const inspected = async () => {
    const [instance] = JSON.parse((await mirageOk(["inspect", "service"], folder)).stdout);
    return instance;
  };
  expect(await page("/")).toBe("good morning\n");
  await expect.poll(inspected, { timeout: 60_000, interval: 500 }).toMatchObject({
    health: { state: "healthy" },
  });
  expect((await mirageOk(["ps"], folder)).stdout).toMatch(/^service .*, healthy/m);
  // Nobody has connected for it.
  const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  expect(metrics).toMatch(/^service_greeted_total 1$/m);

  expect(await page("/close")).toBe("closed from now on\n");
  await expect.poll(inspected, { timeout: 120_000, interval: 500 }).toMatchObject({
    restarts: 1,
    status: "running",
    health: { state: "healthy" },
  });
  expect(await page("/health")).toBe("open\n");
  const { stdout } = await mirageOk(["logs", "service"], folder);
  expect(stdout).toContain("it is unhealthy: /health answers 503");
  expect(stdout).toContain("info application: greeted a visitor");
});
