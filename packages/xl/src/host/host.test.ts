import { execFileSync, spawnSync } from "node:child_process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type StandIn, standIn } from "../../test/stand-in.js";
import { sshHost } from "./host.js";
import { runScript } from "./run.js";

const openssh = spawnSync("sh", ["-c", "command -v ssh"], { encoding: "utf8" }).stdout.trimEnd();

let machine: StandIn;
beforeAll(() => {
  machine = standIn("exit 0");
});
afterAll(() => machine.remove());

test("arguments arrive as they are, here and through ssh", async () => {
  const args = ["a b", "it's", '"$HOME" `id` \\n', "", "--", "*", "é\nü", "!x"];
  for (const host of machine.hosts) {
    const script = `for word; do printf '<%s>' "$word"; done; printf "it's %s" "$0"`;
    expect(await runScript(host, "echo", script, args)).toBe(
      `${args.map((word) => `<${word}>`).join("")}it's sh`,
    );
  }
});

test("xl is found where root's programs lie, and speaks English", async () => {
  for (const host of machine.hosts) {
    const output = await runScript(host, "look", 'echo "$PATH $LC_ALL"', []);
    expect(output).toMatch(/:\/usr\/sbin:\/sbin C\n$/);
  }
});

test("what ssh is told", () => {
  const host = sshHost("root@dom0", { options: ["-p", "2222"], program: "/bin/ssh" });
  const [program, ...args] = host.command("true", []);
  expect(program).toBe("/bin/ssh");
  expect(args.slice(0, 4)).toEqual(["-o", "BatchMode=yes", "-p", "2222"]);
  expect(args.slice(-4, -1)).toEqual(["-T", "--", "root@dom0"]);
  expect(host.command("true", [], { terminal: true })).toContain("-tt");
});

test.skipIf(openssh === "")("OpenSSH takes these options", () => {
  const [program, ...args] = sshHost("dom0.invalid", { program: openssh }).command("true", []);
  const shown = execFileSync(program, ["-G", ...args.slice(0, -1)], { encoding: "utf8" });
  expect(shown).toMatch(/^batchmode yes$/m);
  expect(shown).toMatch(/^hostname dom0\.invalid$/m);
});

test.each(["dom0", "root@dom0.example.org", "x_1@10.0.0.1", "admin@fe80::1%eth0", "::1"])(
  "`%s` is a host",
  (destination) => expect(sshHost(destination).name).toBe(destination),
);

test.each([
  "",
  "-oProxyCommand=id",
  "a b",
  "root@$(id)",
  "root@`id`",
  "a;b",
  "a|b",
  "root@",
  "@host",
  "a@b@c",
  "host:22",
  "ssh://host",
  "a\nb",
  "x".repeat(300),
])("`%s` is no host", (destination) => {
  expect(() => sshHost(destination)).toThrow(
    expect.objectContaining({ code: "ERR_MIRAGE_XL_HOST", exitCode: 2 }),
  );
});
