import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { MirageError } from "@mirage/diagnostics";
import type { Tags } from "@mirage/ec2";

/** What an image says of its origin: the kernel, mirage's version, the commit of the sources. */
export async function originTags(kernel: string, directory: string): Promise<Tags> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(kernel), hash);
  const commit = await commitOf(directory);
  return {
    "mirage:kernel": hash.digest("hex"),
    "mirage:version": version(),
    ...(commit === undefined ? {} : { "mirage:source": commit }),
  };
}

/** The tags of `--tag KEY=VALUE`. */
export function parseTags(words: readonly string[]): Tags {
  return Object.fromEntries(
    words.map((word) => {
      const at = word.indexOf("=");
      if (at > 0) return [word.slice(0, at), word.slice(at + 1)];
      throw new MirageError("ERR_MIRAGE_USAGE", `\`${word}\` is not a tag`, {
        hint: "write it as KEY=VALUE",
        exitCode: 2,
      });
    }),
  );
}

/** The checked-out commit, `-dirty` when files differ from it; nothing outside of git. */
async function commitOf(directory: string): Promise<string | undefined> {
  const git = async (...args: string[]) =>
    (await promisify(execFile)("git", ["-C", directory, ...args])).stdout.trim();
  try {
    const commit = await git("rev-parse", "HEAD");
    return (await git("status", "--porcelain", "--", ".")) === "" ? commit : `${commit}-dirty`;
  } catch {
    return undefined;
  }
}

function version(): string {
  return JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")).version;
}
