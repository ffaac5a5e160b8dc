import { join } from "node:path";
import type { EnsureOptions } from "../ensure-installed.js";
import { privateTarget } from "../target.js";
import { testRepository } from "./test-repository.js";

/** A request for a package whose build does not end as long as there is a file `hold`. */
export function requestIn(folder: string): EnsureOptions {
  const wait = `while [ -e ${folder}/hold ]; do sleep 0.1; done`;
  return {
    target: privateTarget(folder, "1"),
    compiler: { name: "test-compiler", version: "1" },
    packages: [{ name: "slow" }],
    repositories: [
      testRepository("all", {
        "test-compiler.1": "flags: compiler",
        "quick.1": "",
        "slow.1": `depends: "quick"\nbuild: ["sh" "-c" "${wait}"]`,
      }),
    ],
    systemPackages: [],
    log: join(folder, "opam.log"),
  };
}

