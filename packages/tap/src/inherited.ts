import { FrameReader } from "./frame-reader.js";
import { type NativeOwner, native } from "./native.js";

/** A device that another process has opened and handed over as a descriptor. */
export interface InheritedDevice {
  /** Sends one frame to the host; false if the kernel's queue is full and the frame was dropped. */
  write(frame: Uint8Array): boolean;
  /** Calls the listener with each frame from now on. Returns a function that ends it. */
  onFrame(listener: (frame: Buffer) => void, onError?: (error: Error) => void): () => void;
}

/**
 * The device behind a descriptor that is non-blocking, as that of `Device.fd` is. It stays open until
 * the end of the process.
 */
export function inheritedDevice(fd: number): InheritedDevice {
  const reader = new FrameReader({ fd, name: `descriptor ${fd}`, owner: nobody });
  return {
    write: (frame) => native().write(fd, frame),
    onFrame: (listener, onError) => reader.subscribe(listener, onError),
  };
}

/** Its descriptor is never closed by an owner. */
const nobody = undefined as unknown as NativeOwner;
