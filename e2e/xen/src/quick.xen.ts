import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect } from "vitest";
import { copyOfExample } from "../../src/support/mirage.js";
import { urlPath } from "../../src/support/site.js";
import { xenKernel } from "./kernel.js";
import { Guest } from "./rig/guest.js";
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

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
