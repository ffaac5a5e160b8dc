// pnpm fuzz [--minutes N] [--seed N]: the OCaml tests of the network stack that make their own inputs, again
// and again with other seeds, until the time is over or one fails: segments, timers and calls in any order
// on a connection, frames of whatever kind on a stack, servers of DHCP that say anything, and two stacks over any link. A failure is shown
// shrunk, with its seed.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root, runQuietly } from "./workspace.mjs";

/** Suites of packages/runtime-net/test, and how many times the inputs of a usual run each gets. */
const SUITES = [
  ["wire", 20],
  ["reassembly", 20],
  ["layers", 20],
  ["ipv6", 20],
  ["dhcp", 20],
  ["tcp", 20],
  ["stack", 1],
];

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    seed: { type: "string", default: `${Date.now() % 1_000_000}` },
  },
});
const packages = join(root, "packages");
const program = "runtime-net/test/test_runtime_net.exe";
runQuietly("dune build", "dune", ["build", "--root", packages, `./${program}`]);

const end = Date.now() + Number(values.minutes) * 60_000;
let seed = Number(values.seed);
let runs = 0;
do {
  for (const [suite, factor] of SUITES) {
    const run = spawnSync(join(packages, "_build/default", program), ["test", suite], {
      env: { ...process.env, QCHECK_SEED: `${seed}`, QCHECK_FACTOR: `${factor}` },
      encoding: "utf8",
    });
    if (run.status !== 0) {
      console.log(run.stdout + run.stderr);
      console.error(`fuzz: ${suite} fails with QCHECK_SEED=${seed} QCHECK_FACTOR=${factor}`);
      process.exit(1);
    }
  }
  runs++;
  seed++;
  if (process.stderr.isTTY) process.stderr.write(`\rseed ${seed}`);
} while (Date.now() < end);
console.log(`nothing found in ${runs} runs, seeds ${values.seed} to ${seed - 1}`);
