import { linkSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConfiguredApplication } from "@mirage/application";
import { parseConf } from "@mirage/conf";
import { targets } from "@mirage/types";
import type { XenHost } from "@mirage/xl/host";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { checkDisks } from "./disks.js";

let directory: string;
let image: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "mirage-launch-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  image = join(directory, "disk.img");
  writeFileSync(image, Buffer.alloc(512));
  linkSync(image, join(directory, "hard.img"));
});

function application(): ConfiguredApplication {
  const [target] = targets;
  const { configuration } = parseConf(
    "main-app: Hello.Main (disk)\nblock-disk: disk.img\n",
    join(directory, "hello.conf"),
  );
  if (!target || !configuration) throw new Error("no application");
  return { configuration, directory, name: "hello", target, program: "mir-hello" };
}

/** A host whose xl prints what that of Xen 4.17 printed, with other disks. */
function hostWith(...disks: readonly { path: string; readwrite: number }[]): XenHost {
  const printed = readFileSync(
    new URL("../../xl/src/host/testdata/list-l.json", import.meta.url),
    "utf8",
  );
  const [domain] = JSON.parse(printed);
  domain.config.disks = disks.map(({ path, readwrite }) => ({ pdev_path: path, readwrite }));
  writeFileSync(join(directory, "list.json"), JSON.stringify([domain]));
  const file = join(directory, "list.json");
  return { name: "a test", isRemote: false, command: () => ["cat", file] };
}

test("a domain that runs on keeps its disk, whatever became of its supervisor", async () => {
  for (const path of [image, join(directory, "hard.img")]) {
    const xen = hostWith({ path: "/nowhere", readwrite: 1 }, { path, readwrite: 1 });
    await expect(checkDisks(application(), xen)).rejects.toMatchObject({
      code: "ERR_MIRAGE_RUN_DISK_BUSY",
      message: "the domain waits has the disk image disk.img",
      hint: expect.stringContaining("xl shutdown waits"),
    });
  }
  await expect(
    checkDisks(application(), hostWith({ path: image, readwrite: 0 })),
  ).rejects.toMatchObject({ code: "ERR_MIRAGE_RUN_DISK_BUSY" }); // we would write
});

test("other domains' disks are nobody's business, nor is an xl that this user may not ask", async () => {
  await checkDisks(application(), hostWith({ path: join(directory, "list.json"), readwrite: 1 }));
  const refused: XenHost = { name: "a test", isRemote: false, command: () => ["false"] };
  await checkDisks(application(), refused);
});
