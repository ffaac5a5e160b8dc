import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { temporaryFolder } from "../../../src/support/mirage.js";
import { xenTest } from "../use-rig.js";
import { Rig } from "./rig.js";

xenTest(
  "a machine that doesn't start is an error with QEMU's words, and leaves only logs",
  async () => {
    const folder = temporaryFolder();
    const [made, parent] = [join(folder, "image"), join(folder, "parent")];
    for (const path of [made, parent]) mkdirSync(path);
    for (const file of ["xen", "vmlinux", "dom0.cpio.gz"])
      writeFileSync(join(made, file), "broken");
    const image = { folder: made, architecture: "amd64" } as const;
    const error: Error = await Rig.boot(image, { parent, logs: folder }).then(
      () => expect.unreachable("it booted"),
      (reason) => reason,
    );
    const [, logs = ""] = /\(logs: (.*)\)/.exec(error.message) ?? [];
    expect(error.message).toMatch(/^QEMU ended: .*\n/);
    expect(readdirSync(logs)).toEqual(["serial.log"]);
    expect(readdirSync(parent)).toEqual([]);
  },
);
