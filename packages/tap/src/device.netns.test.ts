import { execFileSync, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { readdirSync, readlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Worker } from "node:worker_threads";
import { afterEach, describe, expect, test } from "vitest";
import { arpFrame, echoRequest, etherType, ipBytes, macBytes } from "../test/packets.js";
import { type Device, listDevices, openTap, openTun } from "./index.js";
import { native } from "./native.js";

const guestMac = "02:00:00:00:00:02";
const opened: Device[] = [];

function keep(device: Device): Device {
  opened.push(device);
  return device;
}

afterEach(() => {
  for (const device of opened.splice(0)) device.close();
});

/** What iproute2 says about a device. */
function ip(...args: string[]) {
  return JSON.parse(execFileSync("ip", ["-json", ...args], { encoding: "utf8" }))[0];
}

function tapWithAddress(options = {}): Device {
  const tap = keep(openTap(options));
  tap.addresses.set(["10.0.0.1/24"]);
  tap.up();
  return tap;
}

async function nextFrame(tap: Device, matches: (frame: Buffer) => boolean): Promise<Buffer> {
  for await (const frame of tap) if (matches(frame)) return frame;
  throw new Error("the device was closed");
}

const isArp = (frame: Buffer) => frame.readUInt16BE(12) === etherType.arp;

describe("opening", () => {
  test("takes the first free number, and lists the device until it is closed", () => {
    const first = keep(openTap());
    const second = keep(openTap({ name: "tap%d" }));
    expect([first.name, second.name]).toEqual(["tap0", "tap1"]);
    expect(listDevices()).toEqual([
      expect.objectContaining({ name: "tap0", kind: "tap", persistent: false, isUp: false }),
      expect.objectContaining({ name: "tap1", kind: "tap", persistent: false, isUp: false }),
    ]);
    first.close();
    first.close();
    expect(listDevices().map(({ name }) => name)).toEqual(["tap1"]);
    expect(() => first.fd).toThrow(expect.objectContaining({ code: "ERR_MIRAGE_TAP_CLOSED" }));
  });

  test("takes a name, for a TUN device too", () => {
    keep(openTun({ name: "ipsec" }));
    expect(listDevices()).toEqual([expect.objectContaining({ name: "ipsec", kind: "tun" })]);
  });

  test("refuses a name that is in use", () => {
    keep(openTap({ name: "mine" }));
    expect(() => openTap({ name: "mine" })).toThrow(
      expect.objectContaining({ code: "ERR_MIRAGE_TAP_BUSY" }),
    );
  });

  test("refuses a name of another kind of interface", () => {
    keep(openTun({ name: "mine" }));
    const taken = expect.objectContaining({ code: "ERR_MIRAGE_TAP_NAME_TAKEN" });
    expect(() => openTap({ name: "mine" })).toThrow(taken);
    expect(() => openTap({ name: "lo" })).toThrow(taken);
  });

  test("refuses what can't be a name", () => {
    expect(() => openTap({ name: "sixteen-letters-" })).toThrow(
      expect.objectContaining({ code: "ERR_MIRAGE_TAP_NAME" }),
    );
  });
});

describe("configuring", () => {
  test("sets, lists and removes addresses as iproute2 sees them", () => {
    const tap = keep(openTap());
    tap.addresses.add("10.0.0.1/24");
    tap.addresses.add("10.0.0.1/24");
    tap.addresses.add("192.0.2.1/31");
    expect(tap.addresses.list()).toEqual(["10.0.0.1/24", "192.0.2.1/31"]);
    expect(ip("address", "show", tap.name).addr_info).toMatchObject([
      { local: "10.0.0.1", prefixlen: 24, broadcast: "10.0.0.255" },
      { local: "192.0.2.1", prefixlen: 31 },
    ]);
    tap.addresses.set(["192.0.2.1/31", "10.0.0.5/8"]);
    expect(tap.addresses.list().sort()).toEqual(["10.0.0.5/8", "192.0.2.1/31"]);
    tap.addresses.remove("10.0.0.5/8");
    tap.addresses.remove("10.0.0.5/8");
    expect(tap.addresses.list()).toEqual(["192.0.2.1/31"]);
  });

  test("an address may have a peer, which then has a route", () => {
    const tap = keep(openTap());
    tap.up();
    tap.addresses.set(["192.0.2.1 peer 203.0.113.7/32"]);
    expect(tap.addresses.list()).toEqual(["192.0.2.1 peer 203.0.113.7/32"]);
    expect(ip("route", "get", "203.0.113.7")).toMatchObject({ dev: tap.name });
    tap.addresses.remove("192.0.2.1 peer 203.0.113.7/32");
    expect(tap.addresses.list()).toEqual([]);
  });

  test("switches on and off, sets MTU and MAC address", () => {
    const tap = keep(openTap());
    expect([tap.isUp, tap.mtu]).toEqual([false, 1500]);
    tap.mtu = 1280;
    tap.mac = "02:11:22:33:44:55";
    tap.up();
    expect([tap.isUp, tap.mtu, tap.mac]).toEqual([true, 1280, "02:11:22:33:44:55"]);
    expect(ip("link", "show", tap.name)).toMatchObject({
      mtu: 1280,
      address: "02:11:22:33:44:55",
      flags: expect.arrayContaining(["UP"]),
    });
    tap.down();
    expect(tap.isUp).toBe(false);
  });

  test("tells the port of a bridge", () => {
    const tap = keep(openTap());
    expect(tap.isPort).toBe(false);
    execFileSync("ip", ["link", "add", "bridge0", "type", "bridge"]);
    execFileSync("ip", ["link", "set", tap.name, "master", "bridge0"]);
    expect(tap.isPort).toBe(true);
    execFileSync("ip", ["link", "delete", "bridge0"]);
  });

  test("a TUN device has no MAC address", () => {
    expect(keep(openTun()).mac).toBeUndefined();
  });

  test("a bad MTU is refused", () => {
    const tap = keep(openTap());
    expect(() => {
      tap.mtu = 20;
    }).toThrow("setting the MTU of tap0 to 20 failed: Invalid argument");
  });

  test.each([2 ** 32 + 1500, 1400.9, Number.NaN, -1, "9000" as unknown as number])(
    "an MTU of %s is refused and not rounded",
    (mtu) => {
      const tap = keep(openTap());
      expect(() => {
        tap.mtu = mtu;
      }).toThrow(expect.objectContaining({ code: "ERR_MIRAGE_TAP_MTU" }));
      expect(tap.mtu).toBe(1500);
    },
  );

  test("the addon refuses numbers that are not whole or don't fit", () => {
    const argument = expect.objectContaining({ code: "ERR_MIRAGE_TAP_ARGUMENT" });
    for (const mtu of [2 ** 32 + 1500, 1400.9, Number.NaN, -1]) {
      expect(() => native().setMtu(1, mtu)).toThrow(argument);
      expect(() => native().setOwner(0, mtu)).toThrow(argument);
    }
    expect(() => native().setUp(2 ** 31, 1)).toThrow(argument);
  });

  test("a device that is gone is named", () => {
    const tap = openTap();
    tap.close();
    const gone = expect.objectContaining({ code: "ERR_MIRAGE_TAP_GONE" });
    expect(() => tap.up()).toThrow(gone);
    expect(() => tap.mtu).toThrow(gone);
    expect(() => tap.addresses.add("10.0.0.1/24")).toThrow(gone);
  });
});

describe("frames", () => {
  test("the host answers an ARP request that was written", async () => {
    const tap = tapWithAddress();
    const answer = nextFrame(tap, (frame) => isArp(frame) && frame.readUInt16BE(20) === 2);
    const request = arpFrame({
      operation: "request",
      senderMac: guestMac,
      senderIp: "10.0.0.2",
      targetMac: "00:00:00:00:00:00",
      targetIp: "10.0.0.1",
    });
    expect(tap.write(request)).toBe(true);
    const frame = await answer;
    expect(frame.subarray(0, 6)).toEqual(macBytes(guestMac));
    expect(frame.subarray(22, 28)).toEqual(macBytes(`${tap.mac}`));
    expect(frame.subarray(28, 32)).toEqual(ipBytes("10.0.0.1"));
  });

  test("what the host sends arrives whole and in order", async () => {
    const tap = tapWithAddress();
    const socket = createSocket("udp4").bind();
    await once(socket, "listening");
    socket.setBroadcast(true);
    const count = 300;
    const received: Buffer[] = [];
    const all = new Promise<void>((resolve) => {
      tap.onFrame((frame) => {
        const isUdp = frame.readUInt16BE(12) === etherType.ipv4 && frame[23] === 17;
        if (isUdp && frame.readUInt16BE(36) === 4000) received.push(frame.subarray(42));
        if (received.length === count) resolve();
      });
    });
    const payloads = Array.from({ length: count }, (_, i) => Buffer.alloc(18 + 4 * i, i));
    for (const payload of payloads) socket.send(payload, 4000, "10.0.0.255");
    await all;
    socket.close();
    expect(received.map((bytes) => bytes.length)).toEqual(payloads.map((bytes) => bytes.length));
    expect(Buffer.concat(received).equals(Buffer.concat(payloads))).toBe(true);
  });

  test("an iterator that lags leaves frames in the kernel and gets them later", async () => {
    const tap = tapWithAddress();
    const socket = createSocket("udp4").bind();
    await once(socket, "listening");
    socket.setBroadcast(true);
    const iterator = tap[Symbol.asyncIterator]();
    const numbers: number[] = [];
    const sent: Promise<void>[] = [];
    const send = (i: number) =>
      new Promise<void>((resolve) =>
        socket.send(Buffer.alloc(18, i), 4000, "10.0.0.255", () => resolve()),
      );
    for (let i = 0; i < 400; i++) sent.push(send(i % 251));
    await Promise.all(sent);
    while (numbers.length < 400) {
      const { value } = await iterator.next();
      if (value && value.readUInt16BE(12) === etherType.ipv4 && value.readUInt16BE(36) === 4000) {
        numbers.push(value[42] ?? -1);
      }
    }
    socket.close();
    expect(numbers).toEqual(Array.from({ length: 400 }, (_, i) => i % 251));
    await iterator.return(undefined);
  });

  test("closing the device ends its iterator", async () => {
    const tap = keep(openTap());
    const end = tap[Symbol.asyncIterator]().next();
    tap.close();
    expect(await end).toEqual({ value: undefined, done: true });
  });

  test("have one reader at a time", () => {
    const tap = keep(openTap());
    const stop = tap.onFrame(() => {});
    expect(() => tap.onFrame(() => {})).toThrow(
      expect.objectContaining({ code: "ERR_MIRAGE_TAP_READING" }),
    );
    stop();
    tap.onFrame(() => {})();
  });

  test("the removal of the device ends the reading with an error", async () => {
    const tap = keep(openTap());
    const failed = new Promise((resolve) => tap.onFrame(() => {}, resolve));
    execFileSync("ip", ["link", "delete", tap.name]);
    const gone = { code: "ERR_MIRAGE_TAP_GONE" };
    expect(await failed).toMatchObject(gone);
    expect(() => tap.write(Buffer.alloc(60))).toThrow(expect.objectContaining(gone));
    expect(() => tap.mtu).toThrow(expect.objectContaining(gone));
  });

  test("the removal of the device ends its iterator with an error", async () => {
    const tap = keep(openTap());
    const next = tap[Symbol.asyncIterator]().next();
    execFileSync("ip", ["link", "delete", tap.name]);
    await expect(next).rejects.toMatchObject({ code: "ERR_MIRAGE_TAP_GONE" });
  });

  test("are bytes and nothing else", () => {
    const tap = tapWithAddress();
    for (const frame of ["abc", new Uint16Array(30), undefined]) {
      expect(() => tap.write(frame as unknown as Uint8Array)).toThrow(
        expect.objectContaining({ code: "ERR_MIRAGE_TAP_FRAME" }),
      );
    }
  });

  test("of a closed device can't be read", async () => {
    const tap = openTap();
    tap.close();
    const closed = { code: "ERR_MIRAGE_TAP_CLOSED" };
    expect(() => tap.onFrame(() => {})).toThrow(expect.objectContaining(closed));
    await expect(tap[Symbol.asyncIterator]().next()).rejects.toMatchObject(closed);
  });

  test("can't be written while the interface is down", () => {
    const tap = keep(openTap());
    expect(() => tap.write(Buffer.alloc(60))).toThrow(
      expect.objectContaining({ code: "ERR_MIRAGE_TAP_DOWN" }),
    );
  });

  test("carry a virtio_net_hdr when asked for", async () => {
    const tap = tapWithAddress({ vnetHeader: true });
    const answer = nextFrame(tap, (frame) => frame.readUInt16BE(22) === etherType.arp);
    const request = arpFrame({
      operation: "request",
      senderMac: guestMac,
      senderIp: "10.0.0.2",
      targetMac: "00:00:00:00:00:00",
      targetIp: "10.0.0.1",
    });
    tap.write(Buffer.concat([Buffer.alloc(10), request]));
    expect((await answer).readUInt16BE(30)).toBe(2);
  });

  test("of a TUN device are IP packets", async () => {
    const tun = keep(openTun());
    tun.addresses.set(["10.9.0.1/24"]);
    tun.up();
    const answer = nextFrame(tun, (packet) => packet[9] === 1 && packet[0] === 0x45);
    tun.write(echoRequest("10.9.0.2", "10.9.0.1"));
    const packet = await answer;
    expect(packet.subarray(16, 20)).toEqual(ipBytes("10.9.0.2"));
    expect(packet[20]).toBe(0);
  });

  test("of a TUN device start with four bytes when asked for", async () => {
    const tun = keep(openTun({ packetInfo: true }));
    tun.addresses.set(["10.9.0.1/24"]);
    tun.up();
    const answer = nextFrame(tun, (packet) => packet[13] === 1 && packet[4] === 0x45);
    tun.write(Buffer.concat([Buffer.from([0, 0, 8, 0]), echoRequest("10.9.0.2", "10.9.0.1")]));
    expect((await answer).readUInt16BE(2)).toBe(etherType.ipv4);
  });
});

describe("handing over", () => {
  test("a child gets the non-blocking fd, and the device lives as long as the child", async () => {
    const tap = tapWithAddress();
    const script = `
      const fs = require("node:fs");
      const flags = /flags:\\s+(\\d+)/.exec(fs.readFileSync("/proc/self/fdinfo/3", "utf8"))[1];
      process.stdout.write(String(Boolean(parseInt(flags, 8) & fs.constants.O_NONBLOCK)));
      process.stdin.resume();`;
    const child = spawn(process.execPath, ["-e", script], {
      stdio: ["pipe", "pipe", "inherit", tap.fd],
    });
    tap.close();
    const { stdin, stdout } = child;
    if (!stdin || !stdout) throw new Error("no pipes");
    const [nonBlocking] = await once(stdout, "data");
    expect(String(nonBlocking)).toBe("true");
    expect(listDevices().map(({ name }) => name)).toEqual([tap.name]);
    stdin.end();
    await once(child, "exit");
    expect(listDevices()).toEqual([]);
  });
});

/** The files that descriptors of this process stand for. */
function openDescriptors(): number {
  return readdirSync("/proc/self/fd").filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === "/dev/net/tun";
    } catch {
      return false;
    }
  }).length;
}

/** Lets the collector run until nothing is open any more; a bounded number of times. */
async function collect(collectGarbage: () => void): Promise<void> {
  for (let turn = 0; turn < 20 && openDescriptors() > 0; turn++) {
    collectGarbage();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe("a device that nobody closes", () => {
  setFlagsFromString("--expose-gc");
  const collectGarbage = runInNewContext("gc") as () => void;

  test("is closed when it is collected", async () => {
    for (let i = 0; i < 5; i++) openTap().up();
    await collect(collectGarbage);
    expect(openDescriptors()).toBe(0);
    expect(listDevices()).toEqual([]);
  });

  test("stays open while it is read", async () => {
    const read = async () => {
      for await (const _ of openTap({ name: "read0" })) expect.fail("nobody sends");
    };
    const failed = read().catch(({ code }) => code);
    await collect(collectGarbage);
    expect(openDescriptors()).toBe(1);
    execFileSync("ip", ["link", "delete", "read0"]);
    expect(await failed).toBe("ERR_MIRAGE_TAP_GONE");
    await collect(collectGarbage);
    expect(openDescriptors()).toBe(0);
  });
});

describe("in a worker thread", () => {
  test.each(["ends by itself", "is terminated while it reads"])(
    "a worker that %s leaves no descriptor",
    async (end) => {
      const { cache } = createRequire(import.meta.url);
      const addon = Object.keys(cache).find((path) => path.endsWith(".node"));
      const script = `
        const { parentPort, workerData } = require("node:worker_threads");
        const native = require(workerData.addon);
        const { fd } = native.open("worker0", native.IFF_TAP | native.IFF_NO_PI);
        if (workerData.reads) native.resume(native.watch(fd, () => {}));
        parentPort.postMessage("open");`;
      const reads = end !== "ends by itself";
      const worker = new Worker(script, { eval: true, workerData: { addon, reads } });
      const ended = once(worker, "exit");
      await once(worker, "message");
      if (reads) await worker.terminate();
      await ended;
      expect(openDescriptors()).toBe(0);
      expect(listDevices()).toEqual([]);
    },
  );

  test("a worker that ends while it reads takes its watcher along", async () => {
    const tap = tapWithAddress();
    const { cache } = createRequire(import.meta.url);
    const addon = Object.keys(cache).find((path) => path.endsWith(".node"));
    const script = `
      const { parentPort, workerData } = require("node:worker_threads");
      const native = require(workerData.addon);
      native.resume(native.watch(workerData.fd, () => {}));
      parentPort.postMessage("reading");`;
    const worker = new Worker(script, { eval: true, workerData: { addon, fd: tap.fd } });
    await once(worker, "message");
    expect(await worker.terminate()).toBe(1);
  });
});
