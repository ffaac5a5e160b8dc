// What runs on the stand-in: `serve.mjs BEHAVIOUR...`, on TCP port 80 and UDP port 53.
import { execFileSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { writeSync } from "node:fs";
import { createServer } from "node:net";

const behaviours = {
  /** Sends back what comes in, and its end. */
  echo: () => listen(80, (socket) => socket.pipe(socket)),
  /** Waits before it listens. */
  late: () => setTimeout(behaviours.echo, 1500),
  /** Says nothing of what it does. */
  silent: () => createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket)).listen(80),
  /** Counts what comes in, and answers with the number after its end. */
  count: () =>
    listen(80, (socket) => {
      let count = 0;
      socket.on("data", (chunk) => {
        count += chunk.length;
      });
      socket.on("end", () => socket.end(String(count)));
    }),
  reset: () => listen(80, (socket) => socket.once("data", () => socket.resetAndDestroy())),
  /** Sends datagrams back in capitals. */
  udp: () => {
    const socket = createSocket("udp4");
    socket.on("message", (message, from) => {
      socket.send(message.toString().toUpperCase(), from.port, from.address);
    });
    socket.bind(53, () => report("listen udp 53"));
  },
  /** Asks a DHCP server for an address (RFC 2131), takes what it is offered, and echoes. */
  dhcp: () => {
    const mac = /net=([0-9a-f:]+)/.exec(process.env.MIRAGE_MACS)[1];
    const discover = Buffer.alloc(244);
    discover.set([1, 1, 6, 0, 1, 2, 3, 4]);
    discover.writeUInt16BE(0x8000, 10);
    discover.set(Buffer.from(mac.replaceAll(":", ""), "hex"), 28);
    discover.set([99, 130, 83, 99, 53, 1, 1, 255], 236);
    execFileSync("ip", ["route", "add", "255.255.255.255", "dev", "guest0"]);
    const socket = createSocket("udp4");
    socket.once("message", (offer) => {
      const address = offer.subarray(16, 20).join(".");
      execFileSync("ip", ["address", "add", `${address}/24`, "dev", "guest0"]);
      socket.close();
      report(`address ${address}`);
      behaviours.echo();
    });
    socket.bind(68, () => {
      socket.setBroadcast(true);
      socket.send(discover, 67, "255.255.255.255");
    });
  },
  idle: () => setInterval(() => {}, 60_000),
  crash: () => process.kill(process.pid, "SIGSEGV"),
  fail: () => process.exit(3),
  print: () => {
    console.log("to stdout");
    console.error("to stderr");
    process.exit();
  },
  /** Ignores requests to end. */
  stubborn: () => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});
    behaviours.idle();
    report("ready");
  },
  polite: () => {
    process.on("SIGTERM", () => process.exit(143));
    behaviours.idle();
    report("ready");
  },
};

function report(line) {
  const fd = process.env.MIRAGE_STATUS_FD;
  if (fd) writeSync(Number(fd), `${line}\n`);
}

function listen(port, onConnection) {
  createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("error", () => {});
    onConnection(socket);
  }).listen({ port, backlog: 4096 }, () => report(`listen tcp ${port}`));
}

for (const name of process.argv.slice(2)) behaviours[name]();
