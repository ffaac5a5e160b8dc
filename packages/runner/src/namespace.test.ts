import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { standIn } from "../test/launch.js";
import { runnerProcess } from "../test/processes.js";
import { hint, privateNetwork } from "./namespace.js";

test.each([
  ["kernel.unprivileged_userns_clone", "0", "sudo sysctl kernel.unprivileged_userns_clone=1"],
  [
    "kernel.apparmor_restrict_unprivileged_userns",
    "1",
    "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0",
  ],
  ["user.max_user_namespaces", "0", "sudo sysctl user.max_user_namespaces=10000"],
])("%s=%s is named with its remedy", (name, value, remedy) => {
  expect(hint((asked) => (asked === name ? value : "1".repeat(5)))).toContain(remedy);
});

test("when no setting forbids it, a container does", () => {
  expect(hint(() => undefined)).toContain("--cap-add SYS_ADMIN");
});

test("a system without namespaces is told what to do instead", () => {
  expect(() => privateNetwork("darwin")).toThrow(
    expect.objectContaining({
      code: "ERR_MIRAGE_RUN_NAMESPACE",
      hint: expect.stringMatching(/without --publish.*--socket/),
    }),
  );
});

const userNamespace = ["unshare", "--user", "--map-root-user"];
const [program = "", ...flags] = userNamespace;

test.skipIf(spawnSync(program, [...flags, "true"]).status !== 0)(
  "a kernel that allows no user namespaces is told apart (needs one to try it in)",
  async () => {
    const forbid = 'echo 0 > /proc/sys/user/max_user_namespaces; exec "$@"';
    const withoutPrivilege = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"];
    const runner = runnerProcess(
      { ...standIn(["echo"]), publish: ["0:80"] },
      { prefix: [...userNamespace, "sh", "-c", forbid, "sh", ...withoutPrivilege] },
    );
    expect(await runner.line("error")).toMatchObject({
      code: "ERR_MIRAGE_RUN_NAMESPACE",
      hint: expect.stringContaining("sudo sysctl user.max_user_namespaces=10000"),
    });
    await runner.gone();
  },
);
