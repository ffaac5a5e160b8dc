// Calls the package in a process of its own, and prints as JSON what comes of it:
// node network.mjs '{"call": "networkUp", "args": [{}], "dieAt": 3}'
// With `dieAt` it kills itself when the action of that number begins, with `dieAfter` when it is done.
import {
  networkDown,
  networkStatus,
  networkUp,
  planNetworkDown,
  planNetworkUp,
} from "../dist/index.js";

const network = { networkDown, networkStatus, networkUp, planNetworkDown, planNetworkUp };

const { call, args, dieAt, dieAfter } = JSON.parse(process.argv[2]);

function onEvent({ kind, index }) {
  if (kind === "start") current = index;
  if (kind === "start" && index === dieAt) process.kill(process.pid, "SIGKILL");
  if (kind === "done" && current === dieAfter) process.kill(process.pid, "SIGKILL");
}

let current = 0;
const execution = dieAt === undefined && dieAfter === undefined ? [] : [{ onEvent }];
try {
  const result = await network[call](...args, ...execution);
  process.stdout.write(JSON.stringify({ result }));
} catch (error) {
  const { code, message, hint, details } = error;
  process.stdout.write(JSON.stringify({ error: { code, message, hint, details } }));
}
