// The process in the private network: `published-run.ts` starts it there and talks to it over IPC.
// It opens the TAP devices, starts the unikernel and leads to it what is handed in from outside. When
// the channel closes it ends, and with it, as the first process of its namespace, all others in there.
import { Socket as UdpSocket } from "node:dgram";
import { Socket as TcpSocket } from "node:net";
import { execute } from "@mirage/plan";
import type { RunEvent } from "./events.js";
import { forwardTcp } from "./forward-tcp.js";
import { forwardUdp } from "./forward-udp.js";
import { Guest } from "./guest.js";
import { LocalRun } from "./local-run.js";
import { sendable, type Target, type ToInside, type ToOutside } from "./messages.js";
import { defaultAddressing, type LocalSpec } from "./options.js";

class Inside {
  readonly #run: LocalRun;
  readonly #guest: Guest;
  readonly #refused = new Set<number>();
  readonly #datagrams: { readonly target: Target; readonly socket: UdpSocket }[] = [];

  constructor(spec: LocalSpec, startTimeoutMs: number) {
    this.#run = new LocalRun(spec, { emit: (event) => this.#tell(event) });
    const { addressing } = spec.networks.find(({ device }) => device === "net") ?? {};
    const network = addressing?.kind === "static" ? addressing : defaultAddressing;
    this.#guest = new Guest(network, startTimeoutMs);
  }

  async perform(index: number): Promise<void> {
    try {
      await execute(this.#run.plan.slice(index, index + 1));
      await tell({ kind: "done" });
    } catch (error) {
      await tell({ kind: "failed", error: sendable(error) });
      return;
    }
    if (index < this.#run.plan.length - 1) return;
    const exit = await this.#run.exit();
    await tell({ kind: "exited", exit });
  }

  forward(target: Target, handle: unknown): void {
    const { protocol, port } = target;
    // Without a handle, the client was gone before it arrived.
    if (protocol === "udp" && handle instanceof UdpSocket) {
      forwardUdp(handle, this.#guest, port);
      this.#datagrams.push({ target, socket: handle });
    }
    if (protocol === "tcp" && handle instanceof TcpSocket) {
      void forwardTcp(handle, this.#guest, port, (reason) => this.#tellRefusal(port, reason));
    }
  }

  async release(): Promise<void> {
    for (const { target, socket } of this.#datagrams.splice(0)) {
      socket.removeAllListeners("message");
      await tell({ kind: "returned", target }, socket);
      socket.close();
    }
    await tell({ kind: "released" });
  }

  kill(signal: NodeJS.Signals): void {
    this.#run.kill(signal);
  }

  #tellRefusal(port: number, reason: string): void {
    if (this.#refused.has(port)) return;
    this.#refused.add(port);
    this.#tell({ type: "refused", port, reason });
  }

  #tell(event: RunEvent): void {
    this.#guest.note(event);
    void tell({ kind: "event", event });
  }
}

/** Settles when the message is on its way. */
function tell(message: ToOutside, handle?: UdpSocket): Promise<void> {
  return new Promise((resolve) => {
    process.send?.(message, handle, undefined, () => resolve());
  });
}

let inside: Inside | undefined;

process.on("message", (message: ToInside, handle: unknown) => {
  switch (message.kind) {
    case "begin":
      inside = new Inside(message.spec, message.startTimeoutMs);
      return void tell({ kind: "done" });
    case "perform":
      return void inside?.perform(message.index);
    case "forward":
      return inside?.forward(message.target, handle);
    case "release":
      return void (inside?.release() ?? tell({ kind: "released" }));
    case "kill":
      return inside?.kill(message.signal);
    case "end":
      process.exit();
  }
});
process.on("disconnect", () => process.exit());
