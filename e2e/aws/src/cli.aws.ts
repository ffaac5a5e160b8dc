import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { run } from "../../src/support/mirage.js";
import { regionNames, secretKey, sessionToken } from "./fake/fake-aws.js";
import { onlySnapshot, readBack, temporaryFolder, usualBlocks, usualDisk } from "./support/aws.js";
import { Setting } from "./support/setting.js";

test("publish, list, launch, console, remove", async () => {
  const setting = await Setting.make();
  const { fake } = setting;
  const disk = usualDisk(setting.home);
  const published = await setting.ok(
    ...["publish", "ec2", "--disk", disk, "--copy-to", "us-east-1", "--tag", "team=web", "--json"],
  );
  const { image, snapshots, copies } = JSON.parse(published.stdout);
  expect(copies).toMatchObject([{ region: "us-east-1", created: true }]);
  const original = readFileSync(disk);
  expect(readBack(onlySnapshot(fake.home), original.length).equals(original)).toBe(true);
  const registered = fake.home.images.get(image);
  expect(registered?.tags).toMatchObject({ Name: "disk", team: "web" });
  expect(registered?.attributes).toMatchObject({
    architecture: "x86_64",
    virtualizationType: "hvm",
    bootMode: "legacy-bios",
    enaSupport: "false",
    rootDeviceName: "/dev/xvda",
    deleteOnTermination: "true",
    volumeType: "gp3",
  });

  const again = await setting.ok("publish", "ec2", "--disk", disk);
  expect(again.stdout).toContain("was there already");
  expect(again.stdout).toContain(image);

  const launched = await setting.ok(
    ...["ec2", "launch", image, "--security-group", "sg-0123456789abcdef0", "--key", "mine"],
  );
  expect(launched.stdout).toContain("Hello from a unikernel");
  const [instance] = fake.home.instances.values();
  expect(instance?.parameters).toMatchObject({
    instanceType: "t2.micro",
    keyName: "mine",
    securityGroups: "sg-0123456789abcdef0",
  });
  const said = await setting.ok("ec2", "console", instance?.id ?? "");
  expect(said.stdout).toContain("Hello from a unikernel");

  const list = await setting.ok("ec2", "list");
  for (const id of [image, copies[0].image, instance?.id]) expect(list.stdout).toContain(id);
  const asJson = JSON.parse((await setting.ok("ec2", "list", "--json")).stdout);
  expect(asJson.map(({ region }: { region: string }) => region)).toEqual([
    "eu-west-1",
    "us-east-1",
  ]);

  const dry = await setting.ok("ec2", "remove", image, instance?.id ?? "", "--dry-run");
  expect(dry.stdout).toContain("ec2:DeregisterImage");
  expect(dry.stdout).toContain(snapshots[0]);
  expect(fake.home.images.size).toBe(1);
  await setting.ok("ec2", "remove", image, instance?.id ?? "");
  await setting.ok("ec2", "remove", copies[0].image, "--region", "us-east-1");
  const nothing = await setting.ok("ec2", "list");
  expect(nothing.stdout).toBe("");
  for (const name of regionNames) {
    expect(fake.region(name).snapshots.size).toBe(0);
    expect(fake.region(name).images.size).toBe(0);
  }
});

test("--dry-run shows the calls that are made then, and makes none", async () => {
  const setting = await Setting.make();
  const args = [
    ...["publish", "ec2", "--disk", usualDisk(setting.home), "--copy-to", "us-east-1"],
    ...["--share-with", "210987654321"],
  ];
  const plan = await setting.ok(...args, "--dry-run", "--json");
  expect(setting.fake.seen).toEqual([]);
  const { calls } = JSON.parse(plan.stdout) as {
    calls: { action: string; region: string; times: number; costs?: string }[];
  };
  const text = await setting.ok(...args, "--dry-run");
  expect(text.stdout).toMatch(/^costs +ebs:PutSnapshotBlock × 5 +eu-west-1/m);
  expect(text.stdout).toMatch(/^ +ec2:RegisterImage/m);

  await setting.ok(...args);
  const planned = calls.flatMap(({ action, region, times }) =>
    Array(times).fill(`${action} ${region}`),
  );
  const made = setting.fake.seen.map(({ action, region }) => `${action} ${region}`);
  // Waiting apart: looking again, one call after the other.
  const once = (all: readonly string[]) =>
    all.filter((call, at) => call !== all[at - 1] || !call.includes("Describe"));
  expect(once(made)).toEqual(once(planned));
  const costly = calls.filter(({ costs }) => costs !== undefined).map(({ action }) => action);
  expect(costly).toEqual(["ebs:PutSnapshotBlock", "ec2:CopyImage"]);
});

test("Nitro types are refused with the reason, before anything is called", async () => {
  const setting = await Setting.make();
  const { code, stderr } = await setting.mirage("ec2", "launch", "ami-1", "--type", "t3.micro");
  expect(code).toBe(1);
  expect(stderr).toContain("Nitro");
  expect(stderr).toContain("t2");
  expect(setting.fake.seen).toEqual([]);
});

test("other commands load nothing of it", async () => {
  const setting = await Setting.make();
  const folder = join(setting.home, "coverage");
  for (const args of [["--version"], ["help"], ["publish", "ec2", "--help"]]) {
    // V8's coverage lists every script that was loaded.
    const env = { ...setting.env, NODE_V8_COVERAGE: folder };
    expect((await setting.runWith(env, args)).code).toBe(0);
  }
  const loaded = readdirSync(folder).flatMap((file): { url: string }[] => {
    return JSON.parse(readFileSync(join(folder, file), "utf8")).result;
  });
  const urls = loaded.map(({ url }) => url);
  expect(urls.some((url) => url.endsWith("/ec2/program.js"))).toBe(true);
  expect(urls.filter((url) => url.includes("/packages/ec2/"))).toEqual([]);
});

test("killed at any call and run again, it finishes with one snapshot, sending no block twice", async () => {
  const disk = usualDisk(temporaryFolder());
  const plain = await Setting.make();
  await plain.ok("publish", "ec2", "--disk", disk, "--workers", "1");
  const calls = plain.fake.actions;
  // Of equal neighbours, one is enough.
  const moments = calls.flatMap((call, at) => (call === calls[at - 1] ? [] : [at]));
  const secondBlock = calls.indexOf("ebs:PutSnapshotBlock") + 1;
  for (const at of [...moments, secondBlock]) {
    const setting = await Setting.make();
    const { fake } = setting;
    fake.faults = [{ at, kind: "hang" }];
    const first = setting.start("publish", "ec2", "--disk", disk, "--workers", "1");
    fake.onHang = () => first.child.kill("SIGKILL");
    await first.finished;
    const confirmed = fake.seen.filter(
      ({ action, outcome }) => action === "ebs:PutSnapshotBlock" && outcome === "",
    ).length;
    expect(fake.home.snapshots.size).toBeLessThanOrEqual(1);

    const shown = await setting.ok("ec2", "list", "--region", "eu-west-1");
    for (const id of fake.home.snapshots.keys()) {
      if (fake.home.images.size === 0) expect(shown.stdout).toContain(id);
    }
    fake.forgetCalls();
    await setting.ok("publish", "ec2", "--disk", disk);
    const original = readFileSync(disk);
    expect(readBack(onlySnapshot(fake.home), original.length).equals(original)).toBe(true);
    const sent = fake.actions.filter((action) => action === "ebs:PutSnapshotBlock").length;
    if (fake.home.images.size === 1) {
      expect(sent, `killed at ${calls[at]}`).toBe(
        confirmed === 0 && at > secondBlock ? 0 : Math.max(0, usualBlocks.length - confirmed),
      );
    }
    await fake.stop();
  }
});

test("Ctrl-C removes what is unfinished; a second one leaves it and says how to remove it", async () => {
  const setting = await Setting.make();
  const { fake } = setting;
  const disk = usualDisk(setting.home);
  fake.faults = [{ at: "ebs:PutSnapshotBlock", kind: "hang" }];
  const once = setting.start("publish", "ec2", "--disk", disk);
  fake.onHang = () => once.child.kill("SIGINT");
  const outcome = await once.finished;
  expect(outcome.code).toBe(1);
  expect(outcome.stderr).toContain("interrupted");
  expect(fake.home.snapshots.size).toBe(0);

  const other = await Setting.make();
  other.fake.faults = [
    { at: "ebs:PutSnapshotBlock", kind: "hang" },
    { at: "ec2:DeleteSnapshot", kind: "hang" },
  ];
  const twice = other.start("publish", "ec2", "--disk", disk);
  other.fake.onHang = () => twice.child.kill("SIGINT");
  const left = await twice.finished;
  const [id = ""] = other.fake.home.snapshots.keys();
  expect(left.stderr).toContain(`mirage ec2 remove ${id} --region eu-west-1`);
  await other.ok("ec2", "remove", id, "--region", "eu-west-1");
  expect(other.fake.home.snapshots.size).toBe(0);
});

test("no credential is ever printed or kept", async () => {
  const setting = await Setting.make();
  const { fake } = setting;
  const disk = usualDisk(setting.home);
  for (const credentials of fake.credentials.values())
    Object.assign(credentials, { secret: "another" });
  const wrong = await setting.mirage("publish", "ec2", "--disk", disk, "--verbose");
  expect(wrong.stderr).toContain("SignatureDoesNotMatch");
  for (const credentials of fake.credentials.values())
    Object.assign(credentials, { secret: secretKey });
  for (const kind of ["expired", "forbidden", "lost"] as const) {
    fake.forgetCalls();
    fake.faults = [{ at: "ebs:CompleteSnapshot", kind, times: kind === "lost" ? 2 : 1 }];
    await setting.mirage("publish", "ec2", "--disk", disk, "--verbose");
    fake.recover();
  }
  const kept = await run("grep", ["-rlF", "-e", secretKey, "-e", sessionToken, setting.home]);
  expect(kept.stdout).toBe("");
  for (const text of setting.output) {
    expect(text).not.toContain(secretKey);
    expect(text).not.toContain(sessionToken);
  }
});

test("a missing permission is named, with a statement that gives it", async () => {
  const setting = await Setting.make();
  setting.fake.faults = [{ at: "ec2:RegisterImage", kind: "forbidden" }];
  const { code, stderr } = await setting.mirage(
    "publish",
    "ec2",
    "--disk",
    usualDisk(setting.home),
  );
  expect(code).toBe(1);
  expect(stderr).toContain("may not call ec2:RegisterImage in eu-west-1");
  expect(stderr).toContain("mirage ec2 policy");
  expect(setting.fake.home.snapshots.size).toBe(0);
  const policy = JSON.parse((await setting.ok("ec2", "policy", "publish")).stdout);
  const allowed = policy.Statement.flatMap(({ Action }: { Action: string[] }) => Action);
  for (const action of new Set(setting.fake.actions)) expect(allowed).toContain(action);
});
