import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { composeImage } from "./image.js";
import { writeArchive, writeLayout } from "./write.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mirage-oci-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});

function request(file: string) {
  return {
    architecture: "amd64",
    files: [
      { path: "disk", mode: 0o755, owner: 107 },
      { path: "disk/a.img", mode: 0o644, owner: 107, content: Buffer.from("image") },
      { path: "program", mode: 0o755, content: { file, size: 3000 } },
    ],
    config: { entrypoint: ["/program"], ports: ["80/tcp"] },
    annotations: { a: "b" },
  };
}

test("a layout names its blobs by what is in them, and tar reads its layer", async () => {
  const file = join(folder, "program");
  writeFileSync(file, "x".repeat(3000));
  const image = await composeImage(request(file));
  const layout = join(folder, "layout");
  await writeLayout(image, layout, { reference: "www:1.0" });
  const read = (path: string) => JSON.parse(readFileSync(join(layout, path), "utf8"));
  const blob = (digest: string) => `blobs/${digest.replace(":", "/")}`;
  expect(read("oci-layout")).toEqual({ imageLayoutVersion: "1.0.0" });
  const [entry] = read("index.json").manifests;
  expect(entry.annotations["org.opencontainers.image.ref.name"]).toBe("1.0");
  const manifest = read(blob(entry.digest));
  expect(manifest.annotations).toEqual({ a: "b" });
  const config = read(blob(manifest.config.digest));
  expect(config).toMatchObject({
    os: "linux",
    config: { Entrypoint: ["/program"], ExposedPorts: { "80/tcp": {} } },
    rootfs: { diff_ids: [manifest.layers[0].digest] },
  });
  const layer = join(layout, blob(manifest.layers[0].digest));
  const listed = execFileSync("tar", ["--numeric-owner", "-tvf", layer], {
    encoding: "utf8",
    env: { ...process.env, TZ: "UTC", LC_ALL: "C" },
  });
  expect(listed.replaceAll(/ +/g, " ")).toBe(`drwxr-xr-x 107/107 0 1970-01-01 00:00 disk/
-rw-r--r-- 107/107 5 1970-01-01 00:00 disk/a.img
-rwxr-xr-x 0/0 3000 1970-01-01 00:00 program
`);
  const script = "cd blobs/sha256 && for f in *; do printf '%s  %s\\n' $f $f; done | sha256sum -c";
  execFileSync("sh", ["-c", script], { cwd: layout, stdio: "pipe" });
});

test("the same input gives the same archive, which is there whole or not at all", async () => {
  const file = join(folder, "program");
  writeFileSync(file, "x".repeat(3000));
  const [one, two] = [join(folder, "1.tar"), join(folder, "2.tar")];
  for (const path of [one, two])
    await writeArchive(await composeImage(request(file)), path, { reference: "www:1.0" });
  expect(readFileSync(one).equals(readFileSync(two))).toBe(true);
  const manifest = execFileSync("tar", ["-xOf", one, "manifest.json"], { encoding: "utf8" });
  expect(JSON.parse(manifest)).toMatchObject([{ RepoTags: ["www:1.0"] }]);
  await expect(
    writeArchive(await composeImage(request(file)), one, { reference: "www:1.0" }),
  ).rejects.toMatchObject({ code: "ERR_MIRAGE_OCI_EXISTS" });

  const image = await composeImage(request(file));
  writeFileSync(file, "shorter");
  const three = join(folder, "3.tar");
  await expect(writeArchive(image, three, { reference: "www:1.0" })).rejects.toThrow();
  expect(() => readFileSync(three)).toThrow();
});
