import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { RepositorySource } from "../repositories.js";

let count = 0;

/** A repository of packages given as `name.version` and the fields of their opam files. */
export function testRepository(
  name: string,
  packages: Readonly<Record<string, string>>,
): RepositorySource {
  count += 1;
  return {
    name,
    fingerprint: `test${count}`,
    plan: (folder) => [
      {
        kind: "step",
        title: `write the opam repository ${name}`,
        detail: folder,
        perform: async () => {
          await writeIn(folder, "repo", "");
          for (const [id, fields] of Object.entries(packages)) {
            await writeIn(folder, `packages/${id.split(".")[0]}/${id}/opam`, fields);
          }
        },
      },
    ],
  };
}

async function writeIn(folder: string, path: string, fields: string): Promise<void> {
  const target = join(folder, path);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, `opam-version: "2.0"\n${fields}\n`);
}
