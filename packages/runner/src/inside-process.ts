import { type ChildProcess, type SendHandle, spawn } from "node:child_process";
import type { Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { MirageError } from "@mirage/diagnostics";
import { type Deferred, deferred } from "./deferred.js";
import type { LocalRunOptions } from "./local-run.js";
import { received, type Target, type ToInside, type ToOutside } from "./messages.js";
import { findProgram } from "./program.js";
import type { Exit } from "./unikernel.js";

/** Compiled, even when this module runs from its source. */
const entry = fileURLToPath(new URL("../dist/inside.js", import.meta.url));

/** Milliseconds the process has to end by itself before it is killed. */
const endMs = 2000;
/** Milliseconds it has to return the UDP sockets. */
const releaseMs = 1000;

/** The process in the private network (`inside.ts`), seen from outside. */
export class InsideProcess {
  readonly #options: LocalRunOptions;
  readonly #onReturned: (target: Target, socket: UdpSocket) => void;
  readonly #exit = deferred<Exit>();
  readonly #released = deferred();
  #answer: Deferred<void> = deferred();
  #process: ChildProcess | undefined;
  #closed: Promise<unknown> | undefined;

  /** `onReturned` gets the UDP sockets back that were told before, once it is asked to release them. */
  constructor(
    options: LocalRunOptions,
    onReturned: (target: Target, socket: UdpSocket) => void = () => {},
  ) {
    this.#options = options;
    this.#onReturned = onReturned;
    this.#exit.promise.catch(() => {}); // callers that need it await it
  }

  /** How the unikernel ended; rejects if the process is lost. */
  get exit(): Promise<Exit> {
    return this.#exit.promise;
  }

  /** Starts it behind a command line of `privateNetwork`. It dies with this process. */
  async start(namespace: readonly string[]): Promise<void> {
    const setpriv = findProgram("setpriv", "install util-linux: `apt-get install util-linux`");
    const output = this.#options.onOutput ? "pipe" : "inherit";
    const inside = spawn(
      setpriv,
      ["--pdeathsig", "KILL", "--", ...namespace, process.execPath, entry],
      { stdio: ["ignore", output, output, "ipc"], detached: true },
    );
    this.#process = inside;
    this.#closed = once(inside, "close");
    inside.stdout?.on("data", (chunk: Buffer) => this.#options.onOutput?.(chunk, "stdout"));
    inside.stderr?.on("data", (chunk: Buffer) => this.#options.onOutput?.(chunk, "stderr"));
    inside.on("message", (message, handle) => this.#hear(message as ToOutside, handle));
    inside.on("disconnect", () => this.#lose());
    await once(inside, "spawn");
  }

  /** Asks for something and waits until it is done. @throws what went wrong in there */
  ask(message: ToInside): Promise<void> {
    this.#answer = deferred();
    this.tell(message);
    return this.#answer.promise;
  }

  /** Tells something, which may carry an open socket; `onSent` is called when it is on its way. */
  tell(message: ToInside, handle?: SendHandle, onSent = () => {}): void {
    if (this.#process?.connected) this.#process.send(message, handle, {}, onSent);
    else onSent();
  }

  /** Waits for the UDP sockets that it was handed, as long as it is there to return them. */
  async release(): Promise<void> {
    if (!this.#process?.connected) return;
    this.tell({ kind: "release" });
    const late = setTimeout(this.#released.resolve, releaseMs);
    await this.#released.promise;
    clearTimeout(late);
  }

  /** Ends it, and with it all that runs in its namespace. */
  async end(): Promise<void> {
    const inside = this.#process;
    if (!inside) return;
    this.tell({ kind: "end" });
    const kill = setTimeout(() => inside.kill("SIGKILL"), endMs);
    await this.#closed;
    clearTimeout(kill);
  }

  #hear(message: ToOutside, handle: unknown): void {
    if (message.kind === "done") this.#answer.resolve();
    if (message.kind === "failed") this.#answer.reject(received(message.error));
    if (message.kind === "event") this.#options.emit(message.event);
    if (message.kind === "released") this.#released.resolve();
    if (message.kind === "returned") this.#onReturned(message.target, handle as UdpSocket);
    if (message.kind === "exited") this.#exit.resolve(message.exit);
  }

  #lose(): void {
    const error = new MirageError(
      "ERR_MIRAGE_RUN_LOST",
      "the process in the private network ended unexpectedly",
      { hint: "run the command again", exitCode: 70 },
    );
    this.#released.resolve();
    this.#answer.reject(error);
    this.#exit.reject(error);
  }
}
