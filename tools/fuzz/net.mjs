// pnpm fuzz net [--minutes N] [--seed N]: the OCaml tests of the network stack that make their own inputs, again
// and again with other seeds, until the time is over or one fails: segments, timers and calls in any order
// on a connection, frames of whatever kind on a stack, servers of DHCP that say anything, and two stacks over any link. A failure is shown
// shrunk, with its seed.
import { parseArgs } from "node:util";
import { buildTest, runTest } from "./support.mjs";

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

export function fuzz(args) {
  const { values } = parseArgs({
    args,
    options: {
      minutes: { type: "string", default: "10" },
      seed: { type: "string", default: `${Date.now() % 1_000_000}` },
    },
  });
  const program = buildTest("runtime-net");
  const end = Date.now() + Number(values.minutes) * 60_000;
  let seed = Number(values.seed);
  let runs = 0;
  do {
    for (const [suite, factor] of SUITES) {
      const environment = { QCHECK_SEED: `${seed}`, QCHECK_FACTOR: `${factor}` };
      runTest(program, suite, environment);
    }
    runs++;
    seed++;
    if (process.stderr.isTTY) process.stderr.write(`\rseed ${seed}`);
  } while (Date.now() < end);
  console.log(`nothing found in ${runs} runs, seeds ${values.seed} to ${seed - 1}`);
}
