import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { copyOfExample, mirage, mirageOk, run } from "./support/mirage.js";

let folder: string;
beforeAll(async () => {
  const jobs: (() => void)[] = [];
  folder = copyOfExample("hello", (job) => jobs.push(job));
  // Says what its command line gave it.
  const source = readFileSync(join(folder, "hello.ml"), "utf8");
  writeFileSync(
    join(folder, "hello.ml"),
    `${source}let () = print_endline ("GREETING is " ^ try Sys.getenv "GREETING" with Not_found -> "unset")\n`,
  );
  await mirageOk(["configure", "--xen"], folder);
  return () => {
    for (const job of jobs) job();
  };
});

/** What a machine with a BIOS and this disk writes to its first serial port until it resets. */
async function boot(image: string, format = "raw"): Promise<string> {
  const machine = "-accel tcg -cpu qemu64,+rdrand -m 64 -nographic -no-reboot -nic none";
  const disk = `file=${join(folder, image)},format=${format},if=ide`;
  const args = ["60", "qemu-system-x86_64", ...machine.split(" "), "-drive", disk];
  return (await run("timeout", args)).stdout.replaceAll("\r", "");
}

test("a kernel must be built first, and for a target that is one", async () => {
  const early = await mirage(["image"], folder);
  expect(early).toMatchObject({ code: 1, stderr: expect.stringContaining("mirage build") });
  const unix = copyOfExample("hello");
  await mirageOk(["configure", "--unix"], unix);
  const wrong = await mirage(["image"], unix);
  expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining("configure --xen") });
});

test("the image boots by BIOS, with its command line, and is the same each time", async () => {
  await mirageOk(["build"], folder);
  await mirageOk(["image", "--append", "GREETING=$moin;1"], folder);
  const text = await boot("mir-hello.img");
  expect(text).toContain("GREETING is $moin;1\n");
  expect(text).toContain("hello\nworld\nhello\nworld");
  const again = ["image", "--append", "GREETING=$moin;1", "--output", "again.img"];
  await mirageOk(again, folder);
  const [first, second] = ["mir-hello.img", "again.img"].map((name) =>
    readFileSync(join(folder, name)),
  );
  expect(second?.equals(first ?? Buffer.alloc(0))).toBe(true);
});

test("a large disk is sparse, says where its content is, and boots", async () => {
  const { stdout } = await mirageOk(["image", "--size", "8G", "-o", "large.img", "--json"], folder);
  const { image, size, ranges } = JSON.parse(stdout);
  expect({ image, size }).toEqual({ image: join(folder, "large.img"), size: 8 * 1024 ** 3 });
  const file = statSync(image);
  expect(file.size).toBe(size);
  const allocated = ranges.reduce((sum: number, { length }: { length: number }) => sum + length, 0);
  // File systems allocate whole blocks, at most one more at each end of a range.
  expect(file.blocks * 512).toBeLessThan(allocated + ranges.length * 2 * 4096);
  expect(await boot("large.img")).toContain("GREETING is unset\n");
});

test("an existing image is replaced with --force only, and --dry-run writes nothing", async () => {
  writeFileSync(join(folder, "mine.img"), "mine");
  const refused = await mirage(["image", "-o", "mine.img"], folder);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("--force") });
  expect(readFileSync(join(folder, "mine.img"), "utf8")).toBe("mine");
  await mirageOk(["image", "-o", "mine.img", "--force"], folder);
  expect(statSync(join(folder, "mine.img")).size).toBe(5 * 1024 ** 2);
  rmSync(join(folder, "mine.img"));
  const plan = await mirageOk(["image", "-o", "mine.img", "--dry-run"], folder);
  expect(plan.stdout).toMatch(/^do +write mine\.img: a disk of 5M that boots hello/);
  expect(() => statSync(join(folder, "mine.img"))).toThrow();
});

test("a disk in another format has its suffix, and boots", async () => {
  await mirageOk(["image", "--format", "qcow2", "--append", "GREETING=x"], folder);
  expect(await boot("mir-hello.qcow2", "qcow2")).toContain("GREETING is x\n");
  expect(await mirage(["image", "--format", "floppy"], folder)).toMatchObject({ code: 2 });
});

test("sizes that are none are wrong usage; sizes that don't do name the least that does", async () => {
  expect(await mirage(["image", "--size", "big"], folder)).toMatchObject({ code: 2 });
  const small = await mirage(["image", "--size", "1M", "-o", "small.img"], folder);
  expect(small).toMatchObject({ code: 1, stderr: expect.stringContaining("has 5M") });
});
