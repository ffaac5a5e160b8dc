import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { watchFiles } from "@mirage/watch";

const changes = await watchFiles({ paths: [process.cwd()], ignored: [] });
const changed = changes.next(AbortSignal.timeout(20_000));
writeFileSync("hello.ml", "let () = ()\n");
const paths: readonly string[] = [...((await changed) ?? [])];
assert(paths.some((path) => path.endsWith("hello.ml")));
await changes.close();
