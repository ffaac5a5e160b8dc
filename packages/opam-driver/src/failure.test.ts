import { readFileSync } from "node:fs";
import type { MirageError } from "@mirage/diagnostics";
import { expect, test } from "vitest";
import { type FailureContext, opamFailure } from "./failure.js";
import type { CommandResult } from "./run-command.js";

const context: FailureContext = {
  purpose: "install x",
  log: "/logs/opam.log",
  knownPackages: ["lwt", "cstruct"],
  diskIsFull: false,
};

function failure(
  exitCode: number,
  stderr: string,
  more: Partial<CommandResult & FailureContext> = {},
): MirageError {
  const result = { exitCode, killedBy: undefined, stdout: "", stderr, ...more };
  return opamFailure(result, { ...context, ...more });
}

function recorded(name: string): string {
  return readFileSync(new URL(`testdata/${name}.txt`, import.meta.url), "utf8");
}

test("a package that there is not, with a guess", () => {
  const error = failure(
    5,
    "[ERROR] No package named lwtt found.\n[ERROR] Package lwt has no version 9.\n",
  );
  expect(error.code).toBe("ERR_MIRAGE_OPAM_NOT_FOUND");
  expect(error.message).toBe(
    "there is no opam package lwtt; the opam package lwt has no version 9",
  );
  expect(error.hint).toBe("did you mean lwt?");
});

test("a conflict, in opam's words", () => {
  const error = failure(
    20,
    "[ERROR] Package conflict!\n  * Missing dependency:\n    - lwt >= 6\n    no matching version\n\n",
    { stdout: "\nNo solution found, exiting\n" },
  );
  expect(error.code).toBe("ERR_MIRAGE_OPAM_CONFLICT");
  expect(error.message).toBe(
    "the packages cannot be installed together:\n  * Missing dependency:\n    - lwt >= 6\n    no matching version",
  );
});

test("a package that does not build, with the last lines of its output", () => {
  const error = failure(31, recorded("build-failure"));
  expect(error.code).toBe("ERR_MIRAGE_OPAM_BUILD_FAILED");
  expect(error.message).toBe(
    "bad.1 failed to build:\nfirst line\ncompile 1\ncompile 2\ncompile 3\nError: Unbound module Foo",
  );
  expect(error.hint).toBe("opam's whole output is in /logs/opam.log");
});

test("sources that cannot be had", () => {
  const error = failure(40, recorded("fetch-failure"));
  expect(error.code).toBe("ERR_MIRAGE_OPAM_NETWORK");
  expect(error.message).toBe("opam could not download the sources of net.1");
  expect(error.hint).toContain("the server's name is unknown");
});

test("a repository that cannot be had", () => {
  const error = failure(40, '[ERROR] Could not update repository "sys": Curl failed\n');
  expect(error.message).toBe("opam could not download the repository sys");
  const local = failure(40, '[ERROR] Could not update repository "sys": rsync failed\n');
  expect(local.code).toBe("ERR_MIRAGE_OPAM_FETCH_FAILED");
});

test("a full disk, told by opam or seen afterwards", () => {
  const told = failure(31, "# cp: error writing 'x': No space left on device\n");
  const seen = failure(40, "[ERROR] Initial download of repository failed.", { diskIsFull: true });
  expect([told.code, seen.code]).toEqual(["ERR_MIRAGE_DISK_FULL", "ERR_MIRAGE_DISK_FULL"]);
  expect(seen.message).toBe("the disk is full: opam could not install x");
});

test("a sandbox that does not work", () => {
  const error = failure(31, "# bwrap: No permissions to create new namespace\n");
  expect(error.code).toBe("ERR_MIRAGE_OPAM_SANDBOX");
});

test("killed, locked, forbidden", () => {
  expect(failure(0, "", { killedBy: "SIGKILL" }).message).toBe("opam was killed by SIGKILL");
  expect(failure(15, "").code).toBe("ERR_MIRAGE_OPAM_LOCKED");
  expect(failure(99, 'Fatal error:\nSys_error("/r/config: Permission denied")\n').code).toBe(
    "ERR_MIRAGE_OPAM_PERMISSION",
  );
});

test("anything else: opam's last lines", () => {
  const error = failure(99, "[ERROR] one\n\n[ERROR] two\n");
  expect(error.code).toBe("ERR_MIRAGE_OPAM_FAILED");
  expect(error.message).toBe("opam could not install x:\n[ERROR] one\n[ERROR] two");
});
