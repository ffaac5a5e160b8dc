import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import {
  findInstance,
  forgetInstance,
  type Instance,
  identify,
  listInstances,
  type Place,
  register,
  stopInstance,
} from "./index.js";
import { markSupervisor } from "./marks.js";
import { writeRecord } from "./record.js";

let places: [Place, Place];
beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), "mirage-instances-"));
  places = [
    { folder: join(folder, "own"), user: "ann" },
    { folder: join(folder, "root"), user: "root" },
  ];
  return () => rmSync(folder, { recursive: true });
});

const about = { target: "unix-direct", conf: "/www/www.conf", isDetached: true };

/** A process that stands in for a supervisor, and runs JavaScript when it is asked to end. */
async function supervisor(onAsked = "process.exit()"): Promise<ChildProcess & { pid: number }> {
  const script = `let times = 0;
    const ask = () => { times++; ${onAsked} };
    process.on("SIGTERM", ask).on("SIGINT", ask);
    setInterval(() => {}, 1000);
    console.log("ready");`;
  const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  await once(child.stdout, "data");
  return child as ChildProcess & { pid: number };
}

/** An instance that another process keeps. */
async function supervisedBy(child: { pid: number }, place: Place, name = "www"): Promise<Instance> {
  const identity = identify(child.pid);
  if (!identity) throw new Error("the supervisor has ended");
  await writeRecord(join(place.folder, name), {
    ...about,
    name,
    supervisor: identity,
    since: new Date().toISOString(),
    phase: "running",
    published: [],
  });
  return findInstance(name, await listInstances(places));
}

test("an instance is listed with what is noted of it, to its end", async () => {
  const registration = await register({ name: "www", ...about }, places);
  const port = { protocol: "tcp", host: "127.0.0.1", hostPort: 8080, port: 80 } as const;
  await registration.update({ phase: "running", published: [port] });
  expect(await listInstances(places)).toMatchObject([
    { name: "www", user: "ann", status: "running", published: [port], conf: "/www/www.conf" },
  ]);
  await registration.end(3);
  expect(await listInstances(places)).toMatchObject([{ status: "ended", exit: { code: 3 } }]);
  await registration.forget();
  expect(await listInstances(places)).toEqual([]);
});

test("notes that are made at once are all kept, in order", async () => {
  const registration = await register({ name: "www", ...about }, places);
  await Promise.all(
    Array.from({ length: 50 }, (_, i) => registration.update({ address: `10.0.0.${i}` })),
  );
  expect(await listInstances(places)).toMatchObject([{ address: "10.0.0.49" }]);
});

test("a taken name gets a number, or is refused", async () => {
  const names = await Promise.all(
    Array.from({ length: 4 }, async () => (await register({ name: "www", ...about }, places)).name),
  );
  expect(names.sort()).toEqual(["www", "www-2", "www-3", "www-4"]);
  await expect(register({ name: "www", isExact: true, ...about }, places)).rejects.toMatchObject({
    code: "ERR_MIRAGE_INSTANCE_TAKEN",
    hint: expect.stringContaining("mirage stop www"),
  });
});

test.each(["../x", "a/b", "", ".", "-f", "x".repeat(101)])("%j is no name", async (name) => {
  await expect(register({ name, isExact: true, ...about }, places)).rejects.toMatchObject({
    code: "ERR_MIRAGE_INSTANCE_NAME",
    exitCode: 2,
  });
});

test("a name that another user has is taken as well", async () => {
  await supervisedBy(await supervisor(), places[1]);
  expect((await register({ name: "www", ...about }, places)).name).toBe("www-2");
});

test("an instance that has ended makes room, and its log goes", async () => {
  const first = await register({ name: "www", ...about }, places);
  writeFileSync(first.log ?? "", "old\n");
  await first.end(0);
  const second = await register({ name: "www", ...about }, places);
  expect(second.name).toBe("www");
  expect(existsSync(second.log ?? "")).toBe(true);
  expect(await listInstances(places)).toHaveLength(1);
});

test("a folder whose maker died before it wrote makes room too, but not at once", async () => {
  const folder = join(places[0].folder, "www");
  mkdirSync(folder, { recursive: true });
  expect((await register({ name: "www", ...about }, places)).name).toBe("www-2");
  utimesSync(folder, 0, 0);
  expect((await register({ name: "www", ...about }, places)).name).toBe("www");
});

test("a supervisor that was killed leaves a lost instance, which can be forgotten", async () => {
  const child = await supervisor();
  await supervisedBy(child, places[0]);
  child.kill("SIGKILL");
  await once(child, "exit");
  const [instance] = await listInstances(places);
  expect(instance).toMatchObject({ name: "www", status: "lost" });
  if (instance) await forgetInstance(instance);
  expect(await listInstances(places)).toEqual([]);
});

test("a process that got the number of a supervisor is not taken for it", async () => {
  const child = await supervisor();
  const instance = await supervisedBy(child, places[0]);
  const { folder, status, user, ...record } = instance;
  const earlier = { ...record.supervisor, started: record.supervisor.started - 100 };
  await writeRecord(folder, { ...record, supervisor: earlier });
  expect(await listInstances(places)).toMatchObject([{ status: "lost" }]);
});

const unreadable = ["", '{"name":', '{ "format": 2, "name": "www" }', "[]", "null"];

test.each(unreadable)("a record that says %j hides nobody", async (text) => {
  const registration = await register({ name: "www", ...about }, places);
  writeFileSync(join(registration.folder, "instance.json"), text);
  expect(await listInstances(places)).toMatchObject([
    { name: "www", status: "unreadable", supervisor: { pid: process.pid }, isDetached: true },
  ]);
  await expect(register({ name: "www", isExact: true, ...about }, places)).rejects.toMatchObject({
    code: "ERR_MIRAGE_INSTANCE_TAKEN",
  });
});

test("a record that is gone hides nobody, once it is not just being written", async () => {
  const { folder } = await register({ name: "www", ...about }, places);
  rmSync(join(folder, "instance.json"));
  expect(await listInstances(places)).toEqual([]);
  const before = new Date(Date.now() - 60_000);
  utimesSync(folder, before, before);
  expect(await listInstances(places)).toMatchObject([
    { name: "www", status: "unreadable", supervisor: { pid: process.pid } },
  ]);
});

test("an instance with an unreadable record can be stopped, and forgotten when it has ended", async () => {
  const child = await supervisor();
  const { folder, supervisor: identity } = await supervisedBy(child, places[0]);
  await markSupervisor(folder, identity);
  writeFileSync(join(folder, "instance.json"), "");
  const instance = findInstance("www", await listInstances(places));
  const exited = once(child, "exit");
  await stopInstance(instance, { timeoutMs: 10_000 });
  await exited; // its end is seen before Node.js tells of it
  expect(child.exitCode).toBe(0);
  expect(await listInstances(places)).toMatchObject([
    { status: "unreadable", supervisor: { pid: 0 } },
  ]);
  await forgetInstance(instance);
  expect(await listInstances(places)).toEqual([]);
});

test("a supervisor whose folder another one has by now leaves it alone", async () => {
  const first = await register({ name: "www", ...about }, places);
  rmSync(first.folder, { recursive: true });
  const second = await supervisedBy(await supervisor(), places[0]);
  await first.update({ phase: "running", address: "10.0.0.9" });
  await first.end(1);
  await first.forget();
  const [found] = await listInstances(places);
  expect(found).toMatchObject({ name: "www", status: "running", supervisor: second.supervisor });
  expect(found?.address).toBeUndefined();
});

test("an end that cannot be written into the record is noted all the same", async () => {
  const registration = await register({ name: "www", ...about }, places);
  // A folder in the place of the record: what writes it fails, as on a full disk.
  const path = join(registration.folder, "instance.json");
  const record = readFileSync(path);
  rmSync(path);
  mkdirSync(join(path, "x"), { recursive: true });
  await registration.end(0);
  rmSync(path, { recursive: true });
  writeFileSync(path, record);
  expect(await listInstances(places)).toMatchObject([{ status: "ended", exit: { code: 0 } }]);
  expect((await register({ name: "www", ...about }, places)).name).toBe("www");
});

test("stop asks the supervisor and waits for its end", async () => {
  const instance = await supervisedBy(await supervisor("setTimeout(process.exit, 200)"), places[0]);
  await stopInstance(instance, { timeoutMs: 10_000 });
  expect(await listInstances(places)).toMatchObject([{ status: "lost" }]);
});

test("stop --kill asks twice", async () => {
  const child = await supervisor("if (times === 2) process.exit()");
  const instance = await supervisedBy(child, places[0]);
  await stopInstance(instance, { timeoutMs: 10_000, kill: true });
});

test("a supervisor that doesn't end in time is an error that says what helps", async () => {
  const instance = await supervisedBy(await supervisor(""), places[0]);
  await expect(stopInstance(instance, { timeoutMs: 100 })).rejects.toMatchObject({
    code: "ERR_MIRAGE_INSTANCE_STOP",
    hint: expect.stringContaining("--kill"),
  });
});

test("names: a typing mistake, and the same name of two users", async () => {
  const child = await supervisor();
  await supervisedBy(child, places[0], "shop");
  await supervisedBy(child, places[0]);
  await supervisedBy(child, places[1], "shop").catch(() => {});
  const instances = await listInstances(places);
  expect(() => findInstance("wwv", instances)).toThrow(
    expect.objectContaining({ code: "ERR_MIRAGE_INSTANCE_UNKNOWN", hint: "did you mean www?" }),
  );
  expect(() => findInstance("shop", instances)).toThrow(
    expect.objectContaining({
      code: "ERR_MIRAGE_INSTANCE_AMBIGUOUS",
      message: expect.stringMatching(/ann\/shop/),
    }),
  );
  expect(findInstance("root/shop", instances)).toMatchObject({ user: "root" });
});
