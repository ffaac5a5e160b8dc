// A process that runs a unikernel: `run.mjs OPTIONS` in JSON. Prints a line of JSON for each event.
// At the end, when its devices are gone, a last one. With FETCH=ADDRESS:PORT it connects there as soon as that is served, and prints what comes back.
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { start } from "@mirage/runner";
import { listDevices } from "@mirage/tap";

const print = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

const run = start(JSON.parse(process.argv[2]));
for await (const event of run.events) {
  print(event);
  if (event.type === "serving" && process.env.FETCH) fetchOnce(process.env.FETCH);
}
const outcome = await run.exit.then(
  (exit) => ({ type: "end", ...exit }),
  ({ code, message, hint }) => ({ type: "error", code, message, hint }),
);
while (listDevices().some(({ persistent }) => !persistent)) await delay(10);
print({ ...outcome, devices: listDevices() });

function fetchOnce(endpoint) {
  const [host, port] = endpoint.split(":");
  const socket = connect({ host, port });
  socket.end("hello");
  socket.on("data", (data) => {
    print({ type: "fetched", data: String(data), interfaces: networkInterfaces() });
    socket.destroy();
    void run.stop();
  });
}
