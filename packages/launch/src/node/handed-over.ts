import { inheritedDevice } from "@mirage/tap";

/** What a module that was built with `--js` takes frames by, and gives them by. */
export interface Port {
  postMessage(frame: Uint8Array): void;
  onmessage: ((event: { readonly data: Uint8Array }) => void) | null;
  close(): void;
}

/** Octets of a `struct virtio_net_hdr` before each frame of a device (IFF_VNET_HDR). */
const headerLength = 10;

/** The TAP devices of `MIRAGE_NETS` (`net=3,eth1=4`), with the addresses of `MIRAGE_MACS`. */
export function networks(env: NodeJS.ProcessEnv): Record<string, { port: Port; mac: string }> {
  const macs = new Map(pairs(env.MIRAGE_MACS));
  return Object.fromEntries(
    pairs(env.MIRAGE_NETS).map(([name, fd]) => [
      name,
      { port: portOf(Number(fd)), mac: macs.get(name) ?? "" },
    ]),
  );
}

/** The open files of `MIRAGE_FILES`, lines such as `4 rw disk.img`, by the names that they have. */
export function files(env: NodeJS.ProcessEnv): Record<string, { fd: number; readOnly: boolean }> {
  const lines = (env.MIRAGE_FILES ?? "").split("\n").filter((line) => line !== "");
  return Object.fromEntries(
    lines.map((line) => {
      const [fd, access, ...path] = line.split(" ");
      return [path.join(" "), { fd: Number(fd), readOnly: access === "ro" }];
    }),
  );
}

function pairs(variable = ""): [string, string][] {
  return variable
    .split(",")
    .filter((pair) => pair !== "")
    .map((pair) => {
      const [name = "", ...value] = pair.split("=");
      return [name, value.join("=")];
    });
}

function portOf(fd: number): Port {
  const device = inheritedDevice(fd);
  let stop = () => {};
  let listener: Port["onmessage"] = null;
  return {
    postMessage(frame) {
      const packet = new Uint8Array(headerLength + frame.length);
      packet.set(frame, headerLength);
      try {
        device.write(packet);
      } catch {
        // The device is down or gone: the frame is lost, as on a wire.
      }
    },
    get onmessage() {
      return listener;
    },
    set onmessage(value) {
      stop();
      listener = value;
      if (!value) return;
      stop = device.onFrame(
        (packet) => value({ data: packet.subarray(headerLength) }),
        () => {}, // the device is gone: nothing comes any more
      );
    },
    close() {
      stop();
    },
  };
}
