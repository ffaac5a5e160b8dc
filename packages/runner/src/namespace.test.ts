import { expect, test } from "vitest";
import { hint } from "./namespace.js";

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
