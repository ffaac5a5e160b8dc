import { MirageError } from "@mirage/diagnostics";
import { closedError, errnoName, goneError, otherError } from "./errors.js";
import { FrameReader } from "./frame-reader.js";
import { NetworkInterface } from "./interface.js";
import type { DeviceKind } from "./list.js";
import { type NativeDevice, native } from "./native.js";

/**
 * An open TUN/TAP device. It exists until every copy of its fd is closed, those of child processes
 * included, unless it is persistent. One that is not closed is closed when it is collected and not being
 * read, and at the end of the thread that opened it.
 */
export class Device extends NetworkInterface {
  readonly #reader: FrameReader;
  #opened: NativeDevice | undefined;

  constructor(
    readonly kind: DeviceKind,
    index: number,
    opened: NativeDevice,
  ) {
    super(opened.name, index);
    this.#opened = opened;
    this.#reader = new FrameReader(opened);
  }

  /**
   * The file descriptor: non-blocking, closed on exec. To hand the device over to a child process,
   * put it into `stdio` of `child_process.spawn`; its place there is its number in the child.
   */
  get fd(): number {
    if (this.#opened === undefined) throw closedError(this.name);
    return this.#opened.fd;
  }

  /**
   * Sends one frame (or packet) to the host, with the headers that the options of `openTap` ask
   * for. False if the kernel's queue is full and the frame was dropped.
   * @throws MirageError `ERR_MIRAGE_TAP_DOWN` if the interface is down, `ERR_MIRAGE_TAP_GONE` if it was
   * removed, `ERR_MIRAGE_TAP_FRAME` for anything but a Uint8Array
   */
  write(frame: Uint8Array): boolean {
    const { fd } = this;
    if (!(frame instanceof Uint8Array)) {
      throw new MirageError("ERR_MIRAGE_TAP_FRAME", "a frame has to be a Uint8Array");
    }
    try {
      return native().write(fd, frame);
    } catch (error) {
      if (errnoName(error) === "EIO") {
        throw new MirageError("ERR_MIRAGE_TAP_DOWN", `the device ${this.name} is down`, {
          cause: error,
          hint: "call up() before frames are written",
        });
      }
      if (errnoName(error) === "ENODEV") throw goneError(this.name, error);
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
    if (this.#opened === undefined) return;
    const { owner } = this.#opened;
    this.#opened = undefined;
    this.#reader.close();
    native().close(owner);
  }
}
