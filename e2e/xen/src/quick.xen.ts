import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect } from "vitest";
import { copyOfExample, startMirage, temporaryFolder } from "../../src/support/mirage.js";
import { urlPath } from "../../src/support/site.js";
import { xenKernel } from "./kernel.js";
import { Guest } from "./rig/guest.js";
import type { Rig } from "./rig/rig.js";
import { useRig, xenTest } from "./use-rig.js";

const rig = useRig();

xenTest("hello greets on its console, ends, and is gone", async () => {
  const kernel = await xenKernel(copyOfExample("hello"));
  const guest = await Guest.create(rig(), { name: "hello", kernel });
  await guest.isGone();
  expect(await rig().guestConsole("hello")).toContain("hello\nworld\nhello\nworld\n");
});

xenTest("www answers ping, and serves its files byte for byte to the outside", async () => {
  const folder = copyOfExample("www");
  const kernel = await xenKernel(folder);
  const mac = "00:16:3e:00:00:02";
  const guest = await Guest.create(rig(), { name: "www", kernel, mac });
  await rig().run("ping -c 3 -W 20 10.0.0.2");
  const port = await rig().forward("10.0.0.2", 80);
  const files = filesBelow(join(folder, "htdocs"));
  expect(files.length).toBeGreaterThan(0);
  for (const path of files) {
    const url = `http://127.0.0.1:${port}${urlPath(relative(join(folder, "htdocs"), path))}`;
    const response = await fetch(url);
    expect(response.status, path).toBe(200);
    expect(Buffer.from(await response.arrayBuffer()).equals(readFileSync(path)), path).toBe(true);
  }
  expect((await fetch(`http://127.0.0.1:${port}/nowhere`)).status).toBe(404);
  await guest.reaches(/^b$/);
  await guest.xl("shutdown -w");
  await guest.isGone();
});

xenTest("mirage run --host follows a domain to its end, and Ctrl-C shuts one down", async () => {
  const toDom0 = ["env", `PATH=${sshFolder(rig())}:${process.env.PATH}`];
  const hello = copyOfExample("hello");
  await xenKernel(hello);
  const ended = startMirage(["run", "--host", rig().host], hello, toDom0);
  expect(await ended.finished).toMatchObject({ code: 0 });
  expect(ended.stdout.replaceAll("\r", "")).toContain("hello\nworld\nhello\nworld\n");
  expect(ended.stderr).toContain("hello ended (poweroff)");

  const www = copyOfExample("www");
  await xenKernel(www);
  const serving = startMirage(["run", "--host", rig().host], www, toDom0);
  await serving.says(/www is running/);
  await rig().run("ping -c 1 -W 20 10.0.0.2");
  serving.child.kill("SIGINT");
  expect((await serving.finished).code).toBe(130);
  expect(await rig().run("xl list")).not.toContain("www");
});

/** A folder with an `ssh` that knows the way to dom0. */
function sshFolder({ sshConfig }: Rig): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "ssh"), `#!/bin/sh\nexec /usr/bin/ssh -F '${sshConfig}' "$@"\n`, {
    mode: 0o755,
  });
  return folder;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
