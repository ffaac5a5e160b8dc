import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { join } from "node:path";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import {
  copyOfExample,
  mirageOk,
  repository,
  run,
  temporaryFolder,
} from "../../src/support/mirage.js";
import { Container } from "./container.js";

let folder: string;
beforeAll(async () => {
  const jobs: (() => void)[] = [];
  folder = temporaryFolder((job) => jobs.push(job));
  cpSync(join(repository, "e2e/xen/guests/told"), folder, { recursive: true });
  await mirageOk(["configure", "--socket"], folder);
  await mirageOk(["build"], folder);
  return () => {
    for (const job of jobs) job();
  };
});

test("a program is an image of one file, the same to the byte, which skopeo and umoci read", async () => {
  const { stdout } = await mirageOk(["image", "--oci", "--json"], folder);
  const archive = join(folder, "mir-told.oci.tar");
  const first = readFileSync(archive);
  await mirageOk(["image", "--oci", "--force"], folder);
  expect(readFileSync(archive).equals(first)).toBe(true);

  for (const form of [`oci-archive:${archive}`, `docker-archive:${archive}`]) {
    const shown = JSON.parse(execFileSync("skopeo", ["inspect", "--config", form]).toString());
    expect(shown).toMatchObject({
      os: "linux",
      config: { Entrypoint: ["/mir-told"], ExposedPorts: { "80/tcp": {} } },
    });
  }
  const shown = execFileSync("skopeo", ["inspect", `oci-archive:${archive}`]).toString();
  expect(JSON.parse(shown).Digest).toBe(JSON.parse(stdout).digest);
  const again = await run("file", ["--brief", join(folder, "mir-told.static")]);
  expect(again.stdout).toContain("statically linked");
});

test("crun runs it; it is told its port and a text, and ends when asked", async () => {
  await mirageOk(["image", "--oci", "--force", "--output", "layout/"], folder);
  const image = `${join(folder, "layout")}:latest`;
  const container = Container.start(image, ["--http-port=8080"], ["ARGUMENT_GREETING=moin"]);
  await expect.poll(() => tryGet(container), { timeout: 60_000 }).toBe("moin");
  expect(await container.end()).toBe(143);

  const wrong = Container.start(image, ["--grating=x"]);
  expect((await wrong.running.finished).code).toBe(2);
  expect(wrong.running.stderr).toContain("did you mean --greeting?");
});

test("examples/service in a container is told, counts, and says how it is", async () => {
  const service = copyOfExample("service");
  await mirageOk(["configure", "--socket"], service);
  await mirageOk(["build"], service);
  await mirageOk(["image", "--oci", "--output", "layout/"], service);
  const image = `${join(service, "layout")}:latest`;
  const container = Container.start(image, ["--metrics-port=9200"], ["ARGUMENT_GREETING=moin"]);
  await expect.poll(() => tryGet(container), { timeout: 60_000 }).toBe("moin\n");
  expect(container.get(8080, "/health")).toBe("open\n");
  expect(container.get(9200, "/metrics")).toMatch(/^service_greeted_total \d+$/m);
  await expect
    .poll(() => container.running.stderr, { timeout: 20_000 })
    .toMatch(/Z info application: greeted a visitor/);
});

function tryGet(container: Container): string | undefined {
  try {
    return container.get(8080, "/");
  } catch {
    return undefined;
  }
}

test("it is pushed to a registry, which has it under the same name afterwards", async () => {
  const registry = await startRegistry();
  const name = `${registry}/shop/told`;
  const { stdout } = await mirageOk(["publish", "oci", `${name}:1.0`], folder);
  const again = await mirageOk(["publish", "oci", `${name}:1.1`], folder);
  expect(again.stdout).toBe(stdout);
  expect(again.stderr).toContain("is there already");
  const shown = execFileSync("skopeo", ["inspect", "--tls-verify=false", `docker://${name}:1.1`]);
  const { Digest, RepoTags } = JSON.parse(shown.toString());
  expect(stdout).toBe(`${name}@${Digest}\n`);
  expect(RepoTags.sort()).toEqual(["1.0", "1.1"]);
  const copy = join(temporaryFolder(), "copy");
  execFileSync("skopeo", [
    ...["copy", "--quiet", "--src-tls-verify=false"],
    ...[`docker://${name}:1.0`, `oci:${copy}:1.0`],
  ]);
  const container = Container.start(`${copy}:1.0`, ["--help"]);
  expect((await container.running.finished).stdout).toContain("--greeting TEXT");
});

/** Debian's docker-registry on a free port of 127.0.0.1; it ends with the test. */
async function startRegistry(): Promise<string> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = `127.0.0.1:${(probe.address() as AddressInfo).port}`;
  probe.close();
  const place = temporaryFolder();
  const config = join(place, "registry.yml");
  const storage = { filesystem: { rootdirectory: join(place, "data") } };
  writeFileSync(config, JSON.stringify({ version: 0.1, storage, http: { addr: address } }));
  const child = spawn("docker-registry", ["serve", config], { stdio: "ignore" });
  onTestFinished(async () => {
    child.kill();
    await once(child, "exit");
  });
  await expect
    .poll(async () => (await fetch(`http://${address}/v2/`).catch(() => undefined))?.status, {
      timeout: 30_000,
    })
    .toBe(200);
  return address;
}

test("a kernel carries what urunc asks for, and a disk lies where KubeVirt looks", async () => {
  const kernel = temporaryFolder();
  cpSync(join(repository, "e2e/xen/guests/told"), kernel, { recursive: true });
  await mirageOk(["configure", "--virtio"], kernel);
  await mirageOk(["build"], kernel);
  await mirageOk(["image", "--oci", "--output", "kernel/"], kernel);
  const rootOf = (layout: string) => {
    const bundle = join(temporaryFolder(), "bundle");
    execFileSync("umoci", ["unpack", "--image", `${join(kernel, layout)}:latest`, bundle]);
    return join(bundle, "rootfs");
  };
  const root = rootOf("kernel");
  const built = readFileSync(join(kernel, "mir-told.xen"));
  expect(readFileSync(join(root, "mir-told.xen")).equals(built)).toBe(true);
  const annotations = JSON.parse(readFileSync(join(root, "urunc.json"), "utf8"));
  const binary = Buffer.from(annotations["com.urunc.unikernel.binary"], "base64").toString();
  expect(binary).toBe("/mir-told.xen");
  const raw = execFileSync("skopeo", ["inspect", "--raw", `oci:${join(kernel, "kernel")}:latest`]);
  expect(JSON.parse(raw.toString()).annotations["com.urunc.unikernel.binary"]).toBe(binary);

  await mirageOk(["image", "--oci", "disk", "--output", "disk/"], kernel);
  await mirageOk(["image"], kernel);
  const disk = readFileSync(join(rootOf("disk"), "disk/told.img"));
  expect(disk.equals(readFileSync(join(kernel, "mir-told.img")))).toBe(true);
});
