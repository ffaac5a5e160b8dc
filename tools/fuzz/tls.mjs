// pnpm fuzz tls [--executions N] [--seed N]: handshakes and records of TLS, damaged at random by a peer that
// knows the keys, until so many were received or one is answered wrongly.
import { parseArgs } from "node:util";
import { buildTest, runTest } from "./support.mjs";

/** Handshakes in a run of the test, and what it receives for each: the handshake, and 20 damaged hellos. */
const HANDSHAKES = 200;
const EXECUTIONS = 21 * HANDSHAKES;

export function fuzz(args) {
  const { values } = parseArgs({
    args,
    options: {
      executions: { type: "string", default: "10000000" },
      seed: { type: "string", default: `${Date.now() % 1_000_000}` },
    },
  });
  const program = buildTest("runtime-tls");
  let seed = Number(values.seed);
  let done = 0;
  while (done < Number(values.executions)) {
    runTest(program, "damage", { MIRAGE_FUZZ: `${HANDSHAKES}`, MIRAGE_FUZZ_SEED: `${seed}` });
    done += EXECUTIONS;
    seed++;
    console.error(`${done} executions, the next seed is ${seed}`);
  }
  console.log(`nothing found in ${done} executions, seeds ${values.seed} to ${seed - 1}`);
}
