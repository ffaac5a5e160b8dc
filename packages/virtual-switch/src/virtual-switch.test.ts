import { expect, test } from "vitest";
import type { FramePort } from "./frame-port.js";
import { macOctets } from "./mac.js";
import { VirtualSwitch } from "./virtual-switch.js";

const [a, b, c] = ["02:00:00:00:00:0a", "02:00:00:00:00:0b", "02:00:00:00:00:0c"];
const everybody = "ff:ff:ff:ff:ff:ff";

/** A station that notes what it gets. */
class Wire implements FramePort {
  onmessage: FramePort["onmessage"] = null;
  readonly got: number[] = [];
  closed = false;

  postMessage(frame: Uint8Array): void {
    this.got.push(frame[14] ?? -1);
  }

  close(): void {
    this.closed = true;
  }

  send(destination: string, source: string, content: number): void {
    this.onmessage?.({
      data: Uint8Array.of(...macOctets(destination), ...macOctets(source), 8, 0, content),
    });
  }
}

function three(options = {}) {
  const net = new VirtualSwitch(options);
  const wires = [new Wire(), new Wire(), new Wire()] as const;
  const ports = wires.map((wire, i) => net.attach(wire, `port ${i}`));
  return { net, wires, ports };
}

test("a frame to an unknown station goes to all others, the answer to its port alone", () => {
  const { wires } = three();
  wires[0].send(b, a, 1);
  wires[1].send(a, b, 2);
  wires[0].send(b, a, 3);
  expect(wires.map(({ got }) => got)).toEqual([[2], [1, 3], [1]]);
});

test("groups are flooded, and never learned", () => {
  const { wires } = three();
  wires[0].send(everybody, everybody, 1);
  wires[1].send(everybody, b, 2);
  expect(wires.map(({ got }) => got)).toEqual([[2], [1], [1, 2]]);
});

test("a station that moves is found at its new port", () => {
  const { wires } = three();
  wires[0].send(everybody, a, 1);
  wires[2].send(everybody, a, 2);
  wires[1].send(a, b, 3);
  expect(wires.map(({ got }) => got)).toEqual([[2], [1, 2], [1, 3]]);
});

test("a frame to the sender's own port stays there", () => {
  const { wires } = three();
  wires[0].send(everybody, a, 1);
  wires[0].send(everybody, b, 2);
  wires[0].send(b, a, 3);
  expect(wires[1].got).toEqual([1, 2]);
});

test("an address that is silent for too long is forgotten, and so is one too many", () => {
  let now = 0;
  const { wires } = three({ now: () => now, agingMs: 1000, maxAddresses: 2 });
  wires[0].send(everybody, a, 1);
  now = 1001;
  wires[1].send(a, b, 2);
  expect(wires[2].got).toEqual([1, 2]);
  wires[0].send(everybody, a, 3);
  wires[2].send(everybody, c, 4);
  wires[0].send(b, a, 5);
  expect(wires[2].got).toEqual([1, 2, 3, 5]);
});

test("what is no frame is dropped", () => {
  const { net, wires, ports } = three();
  const seen: number[] = [];
  net.watch((frame) => seen.push(frame.length));
  wires[0].onmessage?.({ data: "text" });
  wires[0].onmessage?.({ data: new Uint8Array(13) });
  wires[0].onmessage?.({ data: new ArrayBuffer(14) });
  expect(seen).toEqual([14]);
  expect(ports[0]?.counters.receivedFrames).toBe(1);
});

test("a port that is taken off gets and gives nothing, and its stations are forgotten", () => {
  const { net, wires, ports } = three();
  wires[0].send(everybody, a, 1);
  ports[0]?.detach();
  expect(wires[0].closed).toBe(true);
  wires[1].send(a, b, 2);
  expect(wires.map(({ got }) => got)).toEqual([[], [1], [1, 2]]);
  expect(net.ports.map(({ name }) => name)).toEqual(["port 1", "port 2"]);
});

test("it counts", () => {
  const { wires, ports } = three();
  wires[0].send(everybody, a, 1);
  wires[1].send(a, b, 2);
  expect(ports[0]?.counters).toEqual({
    receivedFrames: 1,
    receivedOctets: 15,
    sentFrames: 1,
    sentOctets: 15,
  });
});
