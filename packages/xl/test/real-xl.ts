import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** What the real xl makes of an xl file. */
export interface Verdict {
  readonly accepted: boolean;
  readonly output: string;
  /** The domain's configuration as xl understood it (`xl create -n` prints it as JSON). */
  // biome-ignore lint/suspicious/noExplicitAny: its shape is what the tests are about
  readonly config: any;
}

export interface RealXl {
  /** `xl create -n`: reads the file, creates nothing. */
  dryRun(text: string): Verdict;
  close(): void;
}

/** The program that the environment variable MIRAGE_XL names; see unpack-xl.sh. */
export const realXlPath = process.env.MIRAGE_XL;

/** Prepares the real xl for dry runs; it needs no Xen, but a C compiler. */
export function openRealXl(path: string): RealXl {
  const folder = mkdtempSync(join(tmpdir(), "mirage-xl-real-"));
  const library = join(folder, "no-hypervisor.so");
  const source = fileURLToPath(new URL("no-hypervisor.c", import.meta.url));
  execFileSync("cc", ["-shared", "-fPIC", "-w", "-o", library, source]);
  const libraries = resolve(dirname(path), "../../x86_64-linux-gnu");
  const env = {
    ...process.env,
    LC_ALL: "C",
    LD_PRELOAD: library,
    ...(existsSync(libraries) ? { LD_LIBRARY_PATH: libraries } : {}),
  };
  return {
    dryRun(text) {
      const file = join(folder, "domain.cfg");
      writeFileSync(file, text);
      const { status, stdout, stderr } = spawnSync(path, ["create", "-n", file], {
        env,
        encoding: "utf8",
      });
      if (stderr.includes("cannot init xl context")) throw new Error(stderr);
      const output = stderr.replaceAll(file, "domain.cfg");
      const accepted = status === 0;
      return { accepted, output, config: accepted ? JSON.parse(stdout) : undefined };
    },
    close: () => rmSync(folder, { recursive: true }),
  };
}
