import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execute } from "@mirage/plan";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { compile } from "./compile.js";

let directory: string;
let said = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "mirage-application-"));
  said = "";
  const write = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    said += text;
    return true;
  });
  onTestFinished(() => {
    write.mockRestore();
    vi.unstubAllEnvs();
    rmSync(directory, { recursive: true, force: true });
  });
});

function build(...recipe: string[]): Promise<void> {
  const lines = recipe.map((line) => `\t${line}\n`).join("");
  writeFileSync(join(directory, "Makefile"), `.PHONY: build\nbuild:\n${lines}`);
  return execute(compile({ directory, name: "hello", program: "mir-hello" }));
}

test("what the compiler says is shown, and nothing of make's own", async () => {
  const failed = build("echo 'Error: no type' >&2", "false");
  await expect(failed).rejects.toMatchObject({
    code: "ERR_MIRAGE_BUILD",
    message: "hello was not built",
  });
  expect(said).toBe("Error: no type\n");
  said = "";
  await build("echo 'Warning 26' >&2", "touch mir-hello");
  expect(said).toBe("Warning 26\n");
});

test("a program that is not there afterwards is an error", async () => {
  await expect(build("true")).rejects.toMatchObject({ code: "ERR_MIRAGE_BUILD" });
});

test.each(["n", "t", "q", "i", "k", "in"])(
  "make's mode -%s of the caller has no effect",
  async (mode) => {
    for (const variable of ["MAKEFLAGS", "GNUMAKEFLAGS", "MFLAGS"]) {
      vi.stubEnv(variable, variable === "MAKEFLAGS" ? mode : `-${mode}`);
    }
    await build("echo 1 >mir-hello");
    expect(readFileSync(join(directory, "mir-hello"), "utf8")).toBe("1\n");
    await expect(build("false", "touch mir-hello")).rejects.toMatchObject({
      code: "ERR_MIRAGE_BUILD",
    });
  },
);

test.each(["main.ml", "dune"])("a source that would never end is refused: %s", (name) => {
  const path = join(directory, name);
  for (const target of ["/dev/zero", "/dev/null"]) {
    symlinkSync(target, path);
    const folder = { directory, name: "hello", program: "mir-hello" };
    expect(() => compile(folder)).toThrow(
      expect.objectContaining({ code: "ERR_MIRAGE_FOLDER_NO_FILE" }),
    );
    rmSync(path);
  }
});

const canMount = process.geteuid?.() === 0;

describe.skipIf(!canMount)("with a full disk (skipped without the right to mount)", () => {
  test("the disk is named, not the command that found it full", async () => {
    const options = ["-t", "tmpfs", "-o", "size=64k", "tmpfs", directory];
    expect(spawnSync("mount", options).status).toBe(0);
    onTestFinished(() => void spawnSync("umount", ["--lazy", directory]));
    const full = build("dd if=/dev/zero of=big bs=1k count=100");
    await expect(full).rejects.toMatchObject({
      code: "ERR_MIRAGE_DISK_FULL",
      message: `hello was not built: there is no space left on the disk of ${directory}`,
      hint: expect.stringContaining("free some space"),
    });
    expect(said).toBe("");
  });
});
