import { closeSync } from "node:fs";
import { MirageError } from "@mirage/diagnostics";
import { errnoName, otherError } from "./errors.js";
import { FrameReader } from "./frame-reader.js";
import { NetworkInterface } from "./interface.js";
import type { DeviceKind } from "./list.js";
import { native } from "./native.js";

/**
 * An open TUN/TAP device. It exists until every copy of its fd is closed, those of child processes
 * included, unless it is persistent.
 */
export class Device extends NetworkInterface {
  readonly #reader: FrameReader;
  #fd: number | undefined;

  constructor(
    readonly kind: DeviceKind,
    name: string,
    index: number,
    fd: number,
  ) {
    super(name, index);
    this.#fd = fd;
    this.#reader = new FrameReader(fd, name);
  }

  /**
   * The file descriptor: non-blocking, closed on exec. To hand the device over to a child process,
   * put it into `stdio` of `child_process.spawn`; its place there is its number in the child.
   */
  get fd(): number {
    if (this.#fd === undefined) throw closedError(this.name);
    return this.#fd;
  }

  /**
   * Sends one frame (or packet) to the host, with the headers that the options of `openTap` ask
   * for. False if the kernel's queue is full and the frame was dropped. Throws ERR_MIRAGE_TAP_DOWN
   * if the interface is down.
   */
  write(frame: Uint8Array): boolean {
    const { fd } = this;
    try {
      return native().write(fd, frame);
    } catch (error) {
      if (errnoName(error) === "EIO") {
        throw new MirageError("ERR_MIRAGE_TAP_DOWN", `the device ${this.name} is down`, {
          cause: error,
          hint: "call up() before frames are written",
        });
      }
      throw errnoName(error) === undefined ? error : otherError(`writing to ${this.name}`, error);
    }
  }

  /**
   * Calls the listener with each frame that the host sends, from now on; what the listener doesn't
   * keep up with is dropped by the kernel, as with a network card. Returns a function that ends
   * it. Reading keeps the process alive. `onError` gets the failure that ended the reading, such
   * as the removal of the device; without it that is thrown.
   */
  onFrame(listener: (frame: Buffer) => void, onError?: (error: Error) => void): () => void {
    return this.#reader.subscribe(listener, onError);
  }

  /** The frames that the host sends, until the device is closed. */
  [Symbol.asyncIterator](): AsyncGenerator<Buffer, void> {
    return this.#reader.frames();
  }

  /** Closes the fd; a second call does nothing. */
  close(): void {
    if (this.#fd === undefined) return;
    const fd = this.#fd;
    this.#fd = undefined;
    this.#reader.close();
    closeSync(fd);
  }
}

function closedError(name: string): MirageError {
  return new MirageError("ERR_MIRAGE_TAP_CLOSED", `the device ${name} is closed`);
}
