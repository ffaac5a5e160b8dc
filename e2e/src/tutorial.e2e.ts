import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { delimiter, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { mirage, repository, run, temporaryFolder, userEnv } from "./support/mirage.js";
import { tutorialSteps } from "./support/tutorial.js";

/** A folder of commands that the tutorial's reader has: `mirage` once installed, and `sudo`. */
function readersCommands(): string {
  const folder = temporaryFolder();
  const command = (name: string, script: string) =>
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  command("mirage", `exec ${process.execPath} ${repository}/apps/mirage/bin/mirage.js "$@"`);
  // The tests' own script has installed Debian's packages; others can't be, without root.
  command("sudo", 'if [ "$(id -u)" = 0 ]; then exec "$@"; fi');
  // Installing from a registry is what e2e:registry does.
  command("npm", 'if [ "$*" != "install --global @mirage/cli" ]; then exit 1; fi');
  return folder;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

test("every command of the tutorial does what the tutorial says", async () => {
  const text = readFileSync(join(repository, "docs/tutorial.md"), "utf8");
  const steps = tutorialSteps(text.replaceAll("8080", String(await freePort())));
  expect(steps.filter(({ kind }) => kind === "run").length).toBeGreaterThan(5);
  const env = userEnv();
  env.PATH = [readersCommands(), env.PATH].join(delimiter);
  const place = join(temporaryFolder(), "place");
  let folder = temporaryFolder();
  onTestFinished(async () => {
    await mirage(["stop", "--kill", "hello"], folder);
  });
  for (const step of steps) {
    if (step.kind === "file") {
      writeFileSync(join(folder, step.name), step.content);
      continue;
    }
    const script = `${step.commands}\npwd > '${place}'`;
    const { code, stdout, stderr } = await run("bash", ["-ec", script], { cwd: folder, env });
    const output = `${stdout}${stderr}`.replaceAll("\r", "");
    expect(code, `${step.commands}\n${output}`).toBe(0);
    for (const line of step.shown) expect(output).toContain(line);
    folder = readFileSync(place, "utf8").trim();
  }
});
