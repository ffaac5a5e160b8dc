import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { repository, temporaryFolder, userEnv } from "./support/mirage.js";

const inside = ["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];
const isPossible = spawnSync("unshare", [...inside, "true"]).status === 0;

/** A shell script in a network of its own; `mirage` is the command. */
function run(script: string) {
  const bin = `${repository}/apps/mirage/bin/mirage.js`;
  const text = `mount -t tmpfs tmpfs /run; mirage() { '${process.execPath}' '${bin}' "$@"; }\n${script}`;
  return spawnSync("unshare", [...inside, "bash", "-c", text], {
    cwd: temporaryFolder(),
    env: userEnv(),
    encoding: "utf8",
  });
}

test.skipIf(!isPossible)("network up, status and down, in a network of its own", () => {
  const { stdout, stderr, status } = run(`set -e
    ip -json link >before
    mirage network up --dry-run
    ip -json link | cmp - before
    mirage network up --tap tap7
    mirage network up --tap tap7
    mirage network status
    mirage network status --json >status.json
    grep -c '"xenbr0"' status.json
    mirage network down
    ip -json link | cmp - before
    find /run -mindepth 1`);
  expect(stderr).toContain("xenbr0 is up: the host is 10.0.0.1");
  expect(stderr).toContain("xenbr0 is up already");
  expect(status, stderr).toBe(0);
  expect(stdout).toContain("ip link add name xenbr0");
  expect(stdout).toMatch(/^ {2}connected: tap7\n {2}masquerading: yes$/m);
  expect(stdout).toMatch(/\n1\n$/);
});

test.skipIf(!isPossible)("network says what it takes, and what is wrong with its options", () => {
  const asNobody = "setpriv --reuid=65534 --regid=65534 --clear-groups";
  const bin = `'${process.execPath}' '${repository}/apps/mirage/bin/mirage.js'`;
  const unprivileged = run(`HOME=/tmp ${asNobody} ${bin} network up`);
  expect(unprivileged.status).toBe(1);
  expect(unprivileged.stderr).toMatch(/this needs root .*\nhint: run it with sudo/);
  const wrong = run("mirage network up --address 10.0.0.1");
  expect(wrong.status).toBe(2);
  expect(wrong.stderr).toContain("10.0.0.1/24");
});
