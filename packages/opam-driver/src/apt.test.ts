import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { aptCommand, aptFailure, aptProgress, missingPackages } from "./apt.js";

test("the command to type, as root or not", () => {
  expect(aptCommand(["a", "b"], true)).toBe("apt-get install -y --no-install-recommends a b");
  expect(aptCommand(["a"], false)).toBe("sudo apt-get install -y --no-install-recommends a");
});

test("packages that only root could install", () => {
  const error = missingPackages(["liblwt-ocaml-dev", "libre-ocaml-dev"]);
  expect(error.code).toBe("ERR_MIRAGE_SYSTEM_PACKAGES_MISSING");
  expect(error.message).toBe(
    "2 Debian packages are not installed: liblwt-ocaml-dev, libre-ocaml-dev",
  );
  expect(error.hint).toContain("--no-install-recommends liblwt-ocaml-dev libre-ocaml-dev");
});

test("progress", () => {
  const line =
    "Get:1 http://mirror.example/debian bookworm/main amd64 liblwt-ocaml amd64 5.6.1-1+b1 [2 kB]";
  const waiting =
    "Waiting for cache lock: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process";
  const output = [
    `${waiting} 12 (apt-get)... 0s`,
    `${waiting} 12 (apt-get)... 1s`,
    "Reading package lists...",
    "1 upgraded, 2 newly installed, 0 to remove and 4 not upgraded.",
    line,
    "Setting up liblwt-ocaml:amd64 (5.6.1-1+b1) ...",
    "Setting up libre-ocaml (1.10-2) ...",
  ];
  const progress = aptProgress();
  expect(output.flatMap((said) => progress(said) ?? [])).toEqual([
    { text: "waiting for another apt to finish" },
    { text: "downloading liblwt-ocaml" },
    { text: "setting up liblwt-ocaml", count: { number: 1, total: 3 } },
    { text: "setting up libre-ocaml", count: { number: 2, total: 3 } },
  ]);
});

test.each([
  ["Err:1 http://x bookworm InRelease\n  Temporary failure resolving 'x'", "APT_NETWORK"],
  ["E: Unable to locate package no-such-thing", "APT_NOT_FOUND"],
  ["E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 1", "APT_LOCKED"],
  ["E: You don't have enough free space in /var/cache/apt/archives/.", "DISK_FULL"],
  ["E: Sub-process /usr/bin/dpkg returned an error code (1)", "APT_FAILED"],
])("%s", (output, code) => {
  const error = aptFailure(["no-such-thing"], output, "/logs/apt.log");
  expect(error.code).toBe(`ERR_MIRAGE_${code}`);
  expect(`${error.message} ${error.hint}`).toMatch(/no-such-thing|apt/);
});

const apt = spawnSync("apt-get", ["--version"]).status === 0;

test.skipIf(!apt)("apt itself says of an unknown package what is understood", () => {
  const { stderr } = spawnSync("apt-get", ["install", "--simulate", "mirage-no-such-package"], {
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C" },
  });
  expect(aptFailure(["x"], stderr, "log").message).toBe(
    "the distribution does not have mirage-no-such-package",
  );
});
