/**
 * What Ethernet frames go through: anything that takes one by `postMessage` and gives one by
 * `onmessage`, such as a `MessagePort`, a `BroadcastChannel` or a `Worker`. A frame is a `Uint8Array`
 * from the destination address to the payload's end.
 */
export interface FramePort {
  postMessage(frame: Uint8Array): void;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  close?(): void;
}

/** The part of a `WebSocket` that is used. */
export interface FrameSocket {
  binaryType: string;
  readonly readyState: number;
  readonly bufferedAmount: number;
  send(frame: Uint8Array): void;
  close(): void;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
}

/** `WebSocket.OPEN`. */
const open = 1;

/** Octets that may wait in a socket; beyond them frames are lost, as in a full queue. */
const mostBuffered = 4 * 1024 * 1024;

/** A `WebSocket` each of whose binary messages is a frame. */
export function webSocketPort(socket: FrameSocket): FramePort {
  socket.binaryType = "arraybuffer";
  return {
    postMessage(frame) {
      if (socket.readyState === open && socket.bufferedAmount < mostBuffered) socket.send(frame);
    },
    get onmessage() {
      return socket.onmessage;
    },
    set onmessage(listener) {
      socket.onmessage = listener;
    },
    close() {
      socket.close();
    },
  };
}

/** The frame in a message; nothing in a message that is none. */
export function frameOf(data: unknown): Uint8Array | undefined {
  if (data instanceof Uint8Array) return data;
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return undefined;
}
