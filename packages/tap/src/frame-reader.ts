import { getSystemErrorMap } from "node:util";
import { MirageError } from "@mirage/diagnostics";
import { closedError, errnoName, goneError, otherError } from "./errors.js";
import { type NativeDevice, type NativeWatcher, native } from "./native.js";

/** Frames an iterator may lag behind before the kernel's queue, and then dropping, takes over. */
const buffered = 256;

type Delivery = (frames: readonly Buffer[], error?: MirageError) => void;

/** Reads the frames of one open device for one reader at a time; while it is read, it stays open. */
export class FrameReader {
  readonly #device: NativeDevice;
  #closed = false;
  #watcher: NativeWatcher | undefined;
  #onEnd: (() => void) | undefined;

  constructor(device: NativeDevice) {
    this.#device = device;
  }

  /** Delivers every frame to the listener. Returns what ends it. */
  subscribe(listener: (frame: Buffer) => void, onError?: (error: Error) => void): () => void {
    return this.#start((frames, error) => {
      for (const frame of frames) listener(frame);
      if (error === undefined) return;
      if (onError === undefined) throw error;
      onError(error);
    });
  }

  /** Delivers the frames one by one as they are asked for. */
  async *frames(): AsyncGenerator<Buffer, void> {
    let queue: Buffer[] = [];
    let failure: Error | undefined;
    let ended = false;
    let wake = () => {};
    const stop = this.#start(
      (frames, error) => {
        queue.push(...frames);
        failure = error;
        if (queue.length >= buffered) this.#pause();
        wake();
      },
      () => {
        ended = true;
        wake();
      },
    );
    try {
      for (;;) {
        const ready = queue;
        queue = [];
        yield* ready;
        if (queue.length > 0) continue;
        if (failure) throw failure;
        if (ended) return;
        this.#resume();
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      stop();
    }
  }

  /** Ends the reading for good; has to come before the fd is closed. */
  close(): void {
    this.#closed = true;
    const onEnd = this.#onEnd;
    this.#stop();
    onEnd?.();
  }

  #start(deliver: Delivery, onEnd?: () => void): () => void {
    const { fd, name } = this.#device;
    if (this.#closed) throw closedError(name);
    if (this.#watcher !== undefined) {
      throw new MirageError(
        "ERR_MIRAGE_TAP_READING",
        `the frames of ${name} are being read already`,
        {
          hint: "end the other reader first: each frame goes to one",
        },
      );
    }
    const watcher = native().watch(fd, (frames, errno) => {
      deliver(frames, errno === 0 ? undefined : this.#failure(errno));
    });
    this.#watcher = watcher;
    this.#onEnd = onEnd;
    native().resume(watcher);
    return () => {
      if (this.#watcher === watcher) this.#stop();
    };
  }

  #failure(errno: number): MirageError {
    const { name } = this.#device;
    const cause = Object.assign(
      new Error(getSystemErrorMap().get(-errno)?.[1] ?? `error ${errno}`),
      { errno },
    );
    return errnoName(cause) === "ENODEV"
      ? goneError(name, cause)
      : otherError(`reading from ${name}`, cause);
  }

  #pause(): void {
    if (this.#watcher !== undefined) native().pause(this.#watcher);
  }

  #resume(): void {
    if (this.#watcher !== undefined) native().resume(this.#watcher);
  }

  #stop(): void {
    if (this.#watcher === undefined) return;
    native().unwatch(this.#watcher);
    this.#watcher = undefined;
    this.#onEnd = undefined;
  }
}
