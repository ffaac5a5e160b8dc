import { execFileSync } from "node:child_process";
import { closeSync, existsSync, truncateSync, writeSync } from "node:fs";
import {
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { execute } from "../execute.js";
import { entryKind, openInside, readInside, removeInside, writeInside } from "../index.js";
import { reach } from "./reach.js";

let scratch: string;
let folder: string;
let victim: string;
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), "mirage-folder-"));
  folder = join(scratch, "app");
  victim = join(scratch, "victim");
  await mkdir(folder);
  await mkdir(victim);
  await writeFile(join(victim, "precious"), "precious");
});
afterEach(() => rm(scratch, { recursive: true, force: true }));

const untouched = async () => {
  expect(await readdir(victim)).toEqual(["precious"]);
  expect(await readFile(join(victim, "precious"), "utf8")).toBe("precious");
};

describe.each([
  ["reads", (path: string) => readInside(folder, path)],
  ["writes", (path: string) => writeInside(folder, path, "evil")],
  ["opens", (path: string) => closeSync(openInside(folder, path, { empty: true }))],
  ["removes", (path: string) => removeInside(folder, path)],
  ["looks at", (path: string) => entryKind(folder, path)],
])("nothing outside is what mirage %s", (_, act) => {
  test.each([
    "../victim/precious",
    "a/../../victim/precious",
    "..",
    ".",
    "",
    "a//b",
    "./a",
    "a\0b",
  ])("%j", async (path) => {
    expect(() => act(path)).toThrow(/does not lie inside/);
    await untouched();
  });

  test("an absolute path elsewhere", async () => {
    expect(() => act(join(victim, "precious"))).toThrow(/does not lie inside/);
    await untouched();
  });

  test("a link on the way, first or further down", async () => {
    await symlink(victim, join(folder, "link"));
    await mkdir(join(folder, "a"));
    await symlink("../../victim", join(folder, "a", "link"));
    for (const path of ["link/precious", "a/link/precious"]) {
      expect(() => act(path)).toThrow(`${join(folder, path.replace("/precious", ""))} is a symbol`);
    }
    await untouched();
  });

  test("a file on the way", async () => {
    await writeFile(join(folder, "file"), "");
    expect(() => act("file/below")).toThrow(/file is not a folder/);
  });
});

test("a link at the end is not read and not written through; removed and replaced is the link", async () => {
  const link = join(folder, "link");
  await symlink("../victim/precious", link);
  expect(entryKind(folder, "link")).toBe("link");
  expect(() => readInside(folder, "link")).toThrow(/link is a symbolic link/);
  expect(() => openInside(folder, "link", { empty: true })).toThrow(/link is a symbolic link/);
  expect(writeInside(folder, "link", "mine")).toBe(true);
  expect((await lstat(link)).isFile()).toBe(true);
  await untouched();
  removeInside(folder, "link");
  await symlink("../victim", link);
  removeInside(folder, "link");
  expect(await readdir(folder)).toEqual([]);
  await untouched();
});

test("a dangling link creates nothing elsewhere", async () => {
  await symlink("../victim/new", join(folder, "log"));
  expect(() => openInside(folder, "log")).toThrow(/log is a symbolic link/);
  await untouched();
});

test("the folder itself may be reached through a link: its user named it", async () => {
  await symlink(folder, join(scratch, "alias"));
  expect(writeInside(join(scratch, "alias"), "a/b", "text")).toBe(true);
  expect(readInside(folder, "a/b")?.toString()).toBe("text");
  expect(writeInside(folder, join(folder, "a/b"), "text")).toBe(false);
});

test("the folder is made if it is not there", () => {
  expect(writeInside(join(folder, "new", "er"), "a/b", "text")).toBe(true);
  expect(readInside(folder, "new/er/a/b")?.toString()).toBe("text");
});

test("removing a folder removes the links in it and nothing behind them", async () => {
  await mkdir(join(folder, "_build/deep/er"), { recursive: true });
  await symlink(victim, join(folder, "_build/deep/er/link"));
  await symlink("../../victim/precious", join(folder, "_build/file"));
  removeInside(folder, "_build");
  expect(await readdir(folder)).toEqual([]);
  await untouched();
});

test.skipIf(process.platform !== "linux")(
  "a folder that becomes a link while it is used leads nowhere else",
  async () => {
    await mkdir(join(folder, "a"));
    await writeFile(join(folder, "a/precious"), "mine");
    const entries: string[] = [];
    reach(folder, "a/precious", (entry) => entries.push(entry));
    // What use() is given does not spell the way that can be exchanged.
    expect(entries[0]).toMatch(/^\/proc\/self\/fd\/\d+\/precious$/);
    await rename(join(folder, "a"), join(scratch, "moved"));
    await symlink(victim, join(folder, "a"));
    expect(() => removeInside(folder, "a/precious")).toThrow(/symbolic link/);
    await untouched();
  },
);

test("what never ends or never begins is refused at once", async () => {
  await symlink("/dev/zero", join(folder, "zero"));
  execFileSync("mkfifo", [join(folder, "fifo")]);
  execFileSync("python3", [
    "-c",
    "import socket,sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])",
    join(folder, "socket"),
  ]);
  await writeFile(join(folder, "large"), "");
  truncateSync(join(folder, "large"), 2 * 1024 ** 3);
  expect(() => readInside(folder, "zero")).toThrow(/zero is a symbolic link/);
  const absolute = join(folder, "zero");
  expect(() => readInside(folder, absolute)).toThrow(new RegExp(`^${absolute} is a symbolic link`));
  for (const name of ["fifo", "socket"]) {
    expect(() => readInside(folder, name)).toThrow(/is a device, a pipe or a socket/);
    expect(() => openInside(folder, name)).toThrow(/is a device, a pipe or a socket/);
  }
  expect(() => readInside(folder, "large")).toThrow(/large is larger than 64 MiB/);
  expect(() => readInside("/dev", "zero")).toThrow(/is a device/);
  expect(() => readInside(folder, "")).toThrow(/does not lie inside/);
  expect(readInside(folder, "absent")).toBeUndefined();
  expect(readInside(folder, "absent/below")).toBeUndefined();
});

test("a file is opened at its end, or emptied", async () => {
  for (const empty of [true, false, true]) {
    const fd = openInside(folder, ".mirage/opam.log", { empty });
    writeSync(fd, "line\n");
    closeSync(fd);
    const lines = empty ? "line\n" : "line\nline\n";
    expect(await readFile(join(folder, ".mirage/opam.log"), "utf8")).toBe(lines);
  }
});

test("no temporary file and no descriptor is left, also of what fails", async () => {
  const open = () => (existsSync("/proc/self/fd") ? readdir("/proc/self/fd") : []);
  await mkdir(join(folder, "taken"));
  const before = (await open()).length;
  for (let i = 0; i < 50; i++) {
    expect(() => writeInside(folder, "taken", "text")).toThrow(/taken/);
    expect(() => readInside(folder, "../x")).toThrow();
    writeInside(folder, "a/b/c", String(i));
  }
  expect((await open()).length).toBe(before);
  expect((await readdir(folder)).sort()).toEqual(["a", "taken"]);
});

test("paths of a plan start where the process is, also within a folder", async () => {
  const within = relative(process.cwd(), folder);
  await execute([{ kind: "write", path: join(within, "a/b"), content: "text", within }]);
  expect(readInside(folder, "a/b")?.toString()).toBe("text");
  await execute([{ kind: "remove", path: join(within, "a"), within }]);
  expect(await readdir(folder)).toEqual([]);
});

test("a plan that stays within a folder", async () => {
  await symlink("../victim", join(folder, ".mirage"));
  const path = join(folder, ".mirage/state.json");
  const plan = execute([{ kind: "write", path, content: "{}", within: folder }]);
  await expect(plan).rejects.toMatchObject({ code: "ERR_MIRAGE_FOLDER_LINK" });
  const removal = execute([{ kind: "remove", path: join(victim, "precious"), within: folder }]);
  await expect(removal).rejects.toMatchObject({ code: "ERR_MIRAGE_FOLDER_OUTSIDE" });
  await untouched();
});
