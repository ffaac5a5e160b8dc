import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MirageError } from "@mirage/diagnostics";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findConf } from "./find-conf.js";
import { loadConf } from "./load-conf.js";
import { resolvePath } from "./resolve-path.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mirage-conf-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function write(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function failure(promise: Promise<unknown>): Promise<MirageError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof MirageError) return error;
  throw new Error(`no MirageError: ${String(error)}`);
}

const noip = "main-noip: Hello.main\n";

describe("loadConf", () => {
  test("paths start at the folder of the file, whatever the current one is", async () => {
    mkdirSync(join(folder, "htdocs"));
    mkdirSync(join(folder, "app"));
    symlinkSync("../htdocs", join(folder, "app", "linked"));
    const path = write(
      "app/www.conf",
      `${noip}fs-a: ../htdocs\nfs-b: linked\nfs-b-links: outside\n`,
    );
    const { configuration, warnings } = await loadConf(path);
    expect(warnings).toEqual([]);
    const [first] = configuration.filesystems;
    expect(resolvePath(configuration, first?.path.value ?? "")).toBe(join(folder, "htdocs"));
  });

  test("links out of a folder are errors, unless the file allows them", async () => {
    mkdirSync(join(folder, "secret"));
    writeFileSync(join(folder, "secret", "id_rsa"), "key");
    mkdirSync(join(folder, "app", "htdocs", "sub"), { recursive: true });
    writeFileSync(join(folder, "app", "own"), "");
    const links = [
      ["../../secret/id_rsa", "htdocs/key.txt"],
      ["../../../secret", "htdocs/sub/more"],
      ["key.txt", "htdocs/indirect"],
      ["../own", "htdocs/own"],
      ["sub", "htdocs/inside"],
      ["../secret", "linked"],
    ] as const;
    for (const [target, path] of links) symlinkSync(target, join(folder, "app", path));
    const path = write("app/www.conf", `${noip}fs-a: htdocs\nfs-b: linked\nfs-c: ../secret\n`);
    const error = await failure(loadConf(path));
    const messages = error.details.map(({ message }) => message);
    expect(messages.sort()).toEqual([
      "`htdocs/indirect` is a link to `key.txt`, which lies outside of `htdocs`",
      "`htdocs/key.txt` is a link to `../../secret/id_rsa`, which lies outside of `htdocs`",
      "`htdocs/own` is a link to `../own`, which lies outside of `htdocs`",
      "`htdocs/sub/more` is a link to `../../../secret`, which lies outside of `htdocs`",
      "`linked` leads out of the application's folder",
    ]);
    expect(error.details[0]).toMatchObject({
      code: "ERR_MIRAGE_CONF_LINK_OUTSIDE",
      hint: expect.stringContaining("`fs-a-links: outside`"),
      span: { start: { line: 2 } },
    });
    const allowed = write(
      "app/www.conf",
      `${noip}fs-a: htdocs\nfs-a-links: outside\nfs-b: linked\nfs-b-links: outside\n`,
    );
    expect((await loadConf(allowed)).warnings).toEqual([]);
  });

  test("a disk image that is a link out of the folder is named as what it leads to", async () => {
    mkdirSync(join(folder, "app"));
    writeFileSync(join(folder, "disk.img"), new Uint8Array(512));
    symlinkSync("../disk.img", join(folder, "app", "linked.img"));
    const error = await failure(loadConf(write("app/a.conf", `${noip}block-a: linked.img\n`)));
    expect(error.details[0]).toMatchObject({
      code: "ERR_MIRAGE_CONF_LINK_OUTSIDE",
      span: { start: { line: 2 } },
    });
    await loadConf(write("app/a.conf", `${noip}block-a: ../disk.img\nblock-b: new.img\n`));
  });

  test("what is no plain file of the folder is refused at once", async () => {
    symlinkSync("/dev/zero", join(folder, "zero.conf"));
    execFileSync("mkfifo", [join(folder, "fifo.conf")]);
    mkdirSync(join(folder, "app"));
    const other = write("other.conf", noip);
    symlinkSync(other, join(folder, "app", "out.conf"));
    symlinkSync("other.conf", join(folder, "in.conf"));
    expect((await failure(loadConf(join(folder, "zero.conf")))).code).toBe("ERR_MIRAGE_CONF_LINK");
    expect((await failure(loadConf(join(folder, "fifo.conf")))).code).toBe(
      "ERR_MIRAGE_CONF_NO_FILE",
    );
    expect((await failure(loadConf(join(folder, "app", "out.conf")))).hint).toContain(other);
    expect((await loadConf(join(folder, "in.conf"))).configuration.name.value).toBe("in");
  });

  test.each(["a\nall: evil\n.conf", "a\r.conf", "a\x1b[2J.conf"])(
    "a file that is called %j is refused",
    async (name) => {
      const error = await failure(loadConf(write(name, `${noip}name: www\n`)));
      expect(error.code).toBe("ERR_MIRAGE_CONF_FILE_NAME");
      expect(error.message).not.toMatch(/\p{Cc}/u);
    },
  );

  test("missing and unsuitable folders are errors, all at once", async () => {
    write("file", "");
    mkdirSync(join(folder, "d"));
    const path = write(
      "www.conf",
      `${noip}fs-a: nowhere\nfs-b: file\nfs-c: .\nfs-d: file/below\nblock-e: d\nblock-f: new.img\n`,
    );
    const error = await failure(loadConf(path));
    expect(error.code).toBe("ERR_MIRAGE_CONF");
    expect(error.details.map(({ severity, message }) => `${severity}: ${message}`)).toEqual([
      "error: the folder `nowhere` does not exist",
      "error: `file` is not a folder",
      "error: `.` contains the application itself, so each build would contain the last one",
      "error: the folder `file/below` does not exist",
      "error: `d` is a folder, not a disk image",
      "warning: the disk image `new.img` does not exist yet",
    ]);
    expect(error.details[1]?.span?.start).toMatchObject({ line: 3, column: 7 });
    expect(error.details[0]?.hint).toContain(join(folder, "nowhere"));
  });

  test("a disk image is a file or a block device, and a folder's entries are files", async () => {
    mkdirSync(join(folder, "d"));
    execFileSync("mkfifo", [join(folder, "d/pipe"), join(folder, "pipe.img")]);
    const path = write("www.conf", `${noip}fs-a: d\nblock-b: /dev/null\nblock-c: pipe.img\n`);
    const { details } = await failure(loadConf(path));
    expect(details.map(({ message, span }) => `${span?.start.line} ${message}`)).toEqual([
      "2 `d/pipe` is neither a file nor a folder",
      "3 `/dev/null` is a character device, a pipe or a socket, not a disk image",
      "4 `pipe.img` is a character device, a pipe or a socket, not a disk image",
    ]);
  });

  test("one image under two names is an error at the second", async () => {
    mkdirSync(join(folder, "d"));
    write("disk.img", Buffer.alloc(512));
    symlinkSync("disk.img", join(folder, "link.img"));
    linkSync(join(folder, "disk.img"), join(folder, "hard.img"));
    const others = [
      "./disk.img",
      "d/../disk.img",
      join(folder, "disk.img"),
      "link.img",
      "hard.img",
    ];
    for (const other of others) {
      const path = write("www.conf", `${noip}block-a: disk.img\nblock-b: ${other}\n`);
      const { details } = await failure(loadConf(path));
      expect(details.map(({ code, span }) => [code, span?.start.line])).toEqual([
        ["ERR_MIRAGE_CONF_SHARED_DEVICE", 3],
      ]);
    }
    const path = write("www.conf", `${noip}block-a: new.img\nblock-b: ./d/../new.img\n`);
    const { details } = await failure(loadConf(path));
    expect(details.filter(({ severity }) => severity === "error")).toEqual([
      expect.objectContaining({
        code: "ERR_MIRAGE_CONF_SHARED_DEVICE",
        message: "`block-a` is the disk image `./d/../new.img` already, by the name `new.img`",
      }),
    ]);
  });

  test.each([
    [1000, "has 1000 bytes, which is not a whole number of 512-byte sectors", "--size 1024"],
    [511, "has 511 bytes, which is not a whole number of 512-byte sectors", "--size 512"],
    [0, "is empty", "--size 16M"],
  ])("an image of %i octets is named", async (size, message, hint) => {
    write("odd.img", Buffer.alloc(size));
    const { warnings } = await loadConf(write("a.conf", `${noip}block-a: odd.img\n`));
    expect(warnings).toEqual([
      expect.objectContaining({
        code: "ERR_MIRAGE_CONF_IMAGE_SIZE",
        message: expect.stringContaining(message),
        hint: expect.stringContaining(hint),
      }),
    ]);
  });

  test("they come with the other errors, in the order of the file", async () => {
    const path = write("www.conf", `${noip}fs-a: nowhere\nhttp-port: 0\nblock-b: new.img\nx: y\n`);
    const { details } = await failure(loadConf(path));
    expect(details.map(({ span }) => span?.start.line)).toEqual([2, 3, 3, 4, 5]);
  });

  test("warnings come with the configuration", async () => {
    const { warnings } = await loadConf(
      write("a.conf", `${noip}compiler: 4.00.1\nblock-a: a.img\n`),
    );
    expect(warnings.map(({ severity }) => severity)).toEqual(["warning", "warning"]);
  });

  test("a byte order mark and bytes that are not UTF-8 in a comment", async () => {
    const bytes = Buffer.concat([
      Buffer.from("\ufeff"),
      Buffer.from(`# caf\xe9\n${noip}`, "latin1"),
    ]);
    await expect(loadConf(write("a.conf", bytes))).resolves.toBeDefined();
  });

  test("UTF-16 is named as such", async () => {
    const error = await failure(loadConf(write("a.conf", Buffer.from(`\ufeff${noip}`, "utf16le"))));
    expect(error.message).toMatch(/is UTF-16 text$/);
  });

  test("what is no file", async () => {
    expect((await failure(loadConf(join(folder, "none.conf")))).code).toBe(
      "ERR_MIRAGE_SYSTEM_ENOENT",
    );
    expect((await failure(loadConf(folder))).message).toBe(`${folder} is not a file`);
    expect((await failure(loadConf("/dev/zero"))).message).toBe("/dev/zero is not a file");
  });
});

describe("findConf", () => {
  test("finds the one .conf file", async () => {
    const path = write("www.conf", noip);
    write(".conf", "");
    write("www.conf.bak", "");
    mkdirSync(join(folder, "nginx.conf"));
    expect(await findConf(folder)).toBe(path);
  });

  test("none", async () => {
    expect(await failure(findConf(folder))).toMatchObject({
      code: "ERR_MIRAGE_CONF_NONE",
      message: `there is no .conf file in ${folder}`,
    });
    expect((await failure(findConf(join(folder, "x")))).code).toBe("ERR_MIRAGE_SYSTEM_ENOENT");
  });

  test("several are listed", async () => {
    write("b.conf", noip);
    write("a.conf", noip);
    const error = await failure(findConf(folder));
    expect(error.code).toBe("ERR_MIRAGE_CONF_SEVERAL");
    expect(error.message).toBe(`there are 2 .conf files in ${folder}: a.conf, b.conf`);
  });
});
