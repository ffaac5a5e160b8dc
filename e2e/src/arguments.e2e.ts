import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { mirage, mirageOk, repository, startMirage, temporaryFolder } from "./support/mirage.js";

async function built(target: string): Promise<string> {
  const folder = temporaryFolder();
  cpSync(join(repository, "e2e/xen/guests/told"), folder, { recursive: true });
  await mirageOk(["configure", target], folder);
  await mirageOk(["build"], folder);
  return folder;
}

test("a process on its own stack is told its address, port and a text", async () => {
  const folder = await built("--unix");
  const address = ["--ip-address", "10.0.7.2/24", "--ip-gateway=10.0.7.1"];
  const running = startMirage(
    [
      ...["run", "--publish", "127.0.0.1:0:8080", "--env", "ARGUMENT_HTTP_PORT=8080"],
      ...["--", ...address, "--greeting", 'a "b" c', "--log-level=debug"],
    ],
    folder,
  );
  const [, port] = await running.says(/http:\/\/127\.0\.0\.1:(\d+)\//);
  await running.says(/network is up with the address 10\.0\.7\.2/);
  await running.says(/serves TCP port 8080/);
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('a "b" c');
  expect(running.stderr).toMatch(/^[-\dT:.]+Z debug application: it says a "b" c$/m);
});

test("what is wrong is told at once; --help lists what there is; secrets are shown nowhere", async () => {
  const folder = await built("--socket");
  const wrong = await mirage(["run", "--", "--greetin=x", "--http-port=http"], folder);
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain("did you mean --greeting?");
  expect(wrong.stderr).toContain("--http-port: `http` is not a port, from 1 to 65535");
  const help = await mirageOk(["run", "--", "--help"], folder);
  expect(help.stdout).toContain("--greeting TEXT");
  expect(help.stdout).toContain("what every page says");

  writeFileSync(join(folder, "env"), "# a secret\nARGUMENT_GREETING=sesame\n");
  const secret = ["--env-file", "env", "--", "--http-port=0"];
  const { stdout, stderr } = await mirageOk(["run", "--dry-run", ...secret], folder);
  expect(stdout + stderr).not.toContain("sesame");
  const running = startMirage(
    ["run", "--env-file", "env", "--env", "ARGUMENT_HTTP_PORT=18923"],
    folder,
  );
  await running.says(/serves TCP port 18923/);
  expect(await (await fetch("http://127.0.0.1:18923/")).text()).toBe("sesame");
  expect((await mirageOk(["ps", "--json"], folder)).stdout).not.toContain("sesame");
});
