// The sources in which errors are made: those of packages and applications, without their tests.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** @returns {{ file: string, room: string }[]} in the order of their names */
export function sourceFiles(root) {
  return ["packages", "apps"].flatMap((group) =>
    readdirSync(join(root, group))
      .sort()
      .flatMap((room) => {
        const folder = join(root, group, room, "src");
        if (!existsSync(folder)) return [];
        return readdirSync(folder, { withFileTypes: true, recursive: true })
          .filter((entry) => entry.isFile() && /(?<!\.test)\.ts$/.test(entry.name))
          .map((entry) => join(entry.parentPath, entry.name))
          .filter((file) => !/\/(?:testing|testdata)\//.test(file))
          .sort()
          .map((file) => ({ file, room: group === "apps" ? "the command" : `@mirage/${room}` }));
      }),
  );
}
