import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { createInterface, type Interface } from "node:readline";

/** QEMU's monitor, over its machine protocol on a Unix socket (docs/interop/qmp-spec of QEMU). */
export class Monitor {
  readonly #socket: Socket;
  readonly #lines: AsyncIterator<string>;

  private constructor(socket: Socket, lines: Interface) {
    this.#socket = socket;
    this.#lines = lines[Symbol.asyncIterator]();
  }

  static async connect(path: string): Promise<Monitor> {
    const socket = connect(path);
    await once(socket, "connect");
    // A QEMU that ends breaks the connection; who asks next hears of it.
    socket.on("error", () => {});
    const monitor = new Monitor(socket, createInterface({ input: socket }));
    await monitor.#answer("QMP");
    await monitor.#execute("qmp_capabilities");
    return monitor;
  }

  /** Runs a command of the human monitor and returns its output. */
  async command(line: string): Promise<string> {
    const output = await this.#execute("human-monitor-command", { "command-line": line });
    return String(output);
  }

  close(): void {
    this.#socket.destroy();
  }

  #execute(command: string, args: object = {}): Promise<unknown> {
    this.#socket.write(`${JSON.stringify({ execute: command, arguments: args })}\n`);
    return this.#answer("return");
  }

  async #answer(key: string): Promise<unknown> {
    for (;;) {
      const { done, value } = await this.#lines.next();
      if (done) throw new Error("QEMU's monitor has ended");
      const message = JSON.parse(value);
      if ("error" in message) throw new Error(`QEMU: ${message.error.desc}`);
      if (key in message) return message[key];
    }
  }
}
