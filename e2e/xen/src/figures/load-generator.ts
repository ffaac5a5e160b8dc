import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { CpioArchive } from "../dom0/cpio.js";
import { copyFrom } from "../dom0/files.js";
import { libraryClosure } from "../dom0/libraries.js";
import { madeOfPackages } from "../dom0/packages.js";
import type { Rig } from "../rig/rig.js";

const program = "usr/bin/ab";

/** A cpio archive, compressed, with Apache's load generator for dom0. */
export async function loadGenerator(say: (text: string) => void): Promise<string> {
  const names = "apache2-utils libapr1 libaprutil1 libc6 libcrypt1 libexpat1 libssl3 libuuid1";
  const folder = await madeOfPackages(
    {
      title: "a load generator",
      packages: Object.fromEntries(names.split(" ").map((name) => [name, []])),
      async make(root, to) {
        const archive = new CpioArchive();
        const copy = copyFrom(root, archive);
        for (const path of [program, ...libraryClosure(root, [program], [])]) copy(path);
        await writeFile(join(to, "ab.cpio.gz"), gzipSync(archive.bytes()));
      },
    },
    say,
  );
  return join(folder, "ab.cpio.gz");
}

/** What dom0 got out of a web server: requests and megabits a second. */
export async function load(
  rig: Rig,
  path: string,
  { requests, clients }: { requests: number; clients: number },
): Promise<{ requests: number; megabits: number }> {
  const report = await rig.run(`ab -q -n ${requests} -c ${clients} http://10.0.0.2/${path}`);
  const number = (pattern: RegExp) => {
    const [, digits] = pattern.exec(report) ?? [];
    if (digits === undefined) throw new Error(`ab says nothing like ${pattern}:\n${report}`);
    return Number(digits);
  };
  const failed = number(/Failed requests: +(\d+)/);
  if (failed > 0 || report.includes("Non-2xx")) throw new Error(report);
  return {
    requests: number(/Requests per second: +([\d.]+)/),
    megabits: (number(/Transfer rate: +([\d.]+) \[Kbytes/) * 1024 * 8) / 1e6,
  };
}
