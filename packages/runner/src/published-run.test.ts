import { createHash, randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { cannotPublish, type Launched, launch, standIn } from "../test/launch.js";

const obstacle = cannotPublish();

/** Publishes the stand-in's ports on free ports of this machine. */
function publish(behaviours: readonly string[], options = {}): Launched {
  return launch(standIn(behaviours, { publish: ["0:80"], ...options }));
}

async function connectTo(run: Launched): Promise<Socket> {
  const { hostPort } = await run.event("published");
  return connect({ port: hostPort, host: "127.0.0.1", allowHalfOpen: true });
}

async function roundTrip(socket: Socket, data: Uint8Array): Promise<Buffer> {
  socket.end(data);
  return buffer(socket);
}

function sha256(data: Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

describe.skipIf(obstacle !== undefined)(
  `a published unikernel (${obstacle ?? "possible here"})`,
  () => {
    test("goes through its states", async () => {
      const run = publish(["echo"]);
      await run.event("serving");
      await run.stop();
      expect(run.seen.map(({ type }) => type)).toEqual([
        "starting",
        "published",
        "namespace",
        "tap",
        "running",
        "serving",
        "stopping",
        "exited",
      ]);
      expect(await run.event("tap")).toMatchObject({
        device: "net",
        tap: "tap0",
        host: "10.0.0.1/24",
        mac: expect.stringMatching(/^02(:[0-9a-f]{2}){5}$/),
      });
    });

    test("serves connections that were made before it listened", async () => {
      const run = publish(["late"]);
      const early = await connectTo(run);
      expect(String(await roundTrip(early, Buffer.from("early")))).toBe("early");
    });

    test("serves though it reports nothing", async () => {
      const run = publish(["silent"]);
      const socket = await connectTo(run);
      expect(String(await roundTrip(socket, Buffer.from("hello")))).toBe("hello");
      expect(run.seen.map(({ type }) => type)).not.toContain("serving");
    });

    test("gets and sends 50 MB byte for byte", async () => {
      const run = publish(["echo"]);
      const data = randomBytes(50 * 1024 * 1024);
      const socket = await connectTo(run);
      expect(sha256(await roundTrip(socket, data))).toBe(sha256(data));
    });

    test("gets the client's end while it may still answer", async () => {
      const run = publish(["count"]);
      const socket = await connectTo(run);
      expect(String(await roundTrip(socket, Buffer.alloc(123_456)))).toBe("123456");
    });

    test("serves 1,000 connections at once", async () => {
      const run = publish(["echo"]);
      await run.event("serving");
      const sockets = await Promise.all(Array.from({ length: 1000 }, () => connectTo(run)));
      await Promise.all(
        sockets.map(async (socket, i) => {
          socket.write(`${i} `);
          await once(socket, "readable");
        }),
      );
      const answers = await Promise.all(
        sockets.map((socket) => roundTrip(socket, Buffer.from("end"))),
      );
      expect(answers.map(String)).toEqual(sockets.map((_, i) => `${i} end`));
    });

    test("resets a connection that it refuses, and says so once", async () => {
      const run = publish(["echo"], { publish: ["0:81"], startTimeoutMs: 100 });
      await run.event("serving");
      for (let i = 0; i < 2; i++) {
        const [error] = await once(await connectTo(run), "error").catch((thrown) => [thrown]);
        expect(error).toMatchObject({ code: "ECONNRESET" });
      }
      expect(run.seen.filter(({ type }) => type === "refused")).toEqual([
        { type: "refused", port: 81, reason: "nothing listens there" },
      ]);
    });

    test("passes its reset on", async () => {
      const run = publish(["reset"]);
      const socket = await connectTo(run);
      socket.write("x");
      const [error] = await once(socket, "error");
      expect(error).toMatchObject({ code: "ECONNRESET" });
    });

    test("answers datagrams of several clients", async () => {
      const run = publish(["udp"], { publish: ["0:53/udp"] });
      const { hostPort } = await run.event("published");
      await run.event("serving");
      const ask = async (question: string) => {
        const socket = createSocket("udp4");
        const again = setInterval(() => socket.send(question, hostPort, "127.0.0.1"), 50);
        const [answer] = await once(socket, "message");
        clearInterval(again);
        socket.close();
        return String(answer);
      };
      expect(await Promise.all(["one", "two"].map(ask))).toEqual(["ONE", "TWO"]);
    });

    test("gets its address by DHCP", async () => {
      const { args = [], ...options } = standIn(["dhcp"], {
        publish: ["0:80"],
        networks: [{ device: "net", addressing: { kind: "dhcp" } }],
      });
      const run = launch({ ...options, args: ["-", ...args.slice(1)] });
      const socket = await connectTo(run);
      expect(String(await roundTrip(socket, Buffer.from("hello")))).toBe("hello");
      expect(await run.event("dhcp-server")).toMatchObject({ tap: "tap0", address: "10.0.0.2" });
      expect(await run.event("network-up")).toMatchObject({ address: "10.0.0.2" });
    });

    test("prints where it is told to", async () => {
      const printed = { stdout: "", stderr: "" };
      const run = publish(["print"], {
        onOutput: (chunk: Buffer, stream: "stdout" | "stderr") => {
          printed[stream] += chunk;
        },
      });
      expect(await run.exit).toEqual({ code: 0, signal: null });
      expect(printed).toEqual({ stdout: "to stdout\n", stderr: "to stderr\n" });
    });

    test.each([
      ["an exit code", "fail", { code: 3, signal: null }],
      ["a crash", "crash", { code: null, signal: "SIGSEGV" }],
    ])("tells %s", async (_, behaviour, exit) => {
      const run = publish([behaviour]);
      expect(await run.exit).toEqual(exit);
      expect(await run.event("exited")).toEqual({ type: "exited", ...exit });
      const { hostPort } = await run.event("published");
      const [error] = await once(connect(hostPort, "127.0.0.1"), "error");
      expect(error).toMatchObject({ code: "ECONNREFUSED" });
    });

    describe("asked to end", () => {
      test("may do so in its own way", async () => {
        const run = publish(["polite"]);
        await run.event("ready");
        expect(await run.stop()).toEqual({ code: 143, signal: null });
      });

      test("is killed when it doesn't", async () => {
        const run = publish(["stubborn"], { graceMs: 50 });
        await run.event("ready");
        expect(await run.stop()).toEqual({ code: null, signal: "SIGKILL" });
        expect(run.seen).toContainEqual({ type: "killing", reason: "grace-over" });
      });

      test("twice, is killed at once", async () => {
        const run = publish(["stubborn"], { graceMs: 1_000_000 });
        await run.event("ready");
        void run.stop("SIGINT");
        expect(await run.stop("SIGINT")).toEqual({ code: null, signal: "SIGKILL" });
        expect(run.seen).toContainEqual({ type: "killing", reason: "asked-again" });
      });

      test("before it runs, doesn't start", async () => {
        const run = publish(["echo"]);
        expect(await run.stop("SIGINT")).toEqual({ code: null, signal: "SIGINT" });
        expect(run.seen.map(({ type }) => type)).not.toContain("running");
      });
    });

    describe("on a taken port", () => {
      async function taken() {
        const server = createServer().listen(0, "127.0.0.1");
        await once(server, "listening");
        const { port } = server.address() as AddressInfo;
        return { server, port };
      }

      test("gets another one", async () => {
        const { server, port } = await taken();
        const run = publish(["echo"], { publish: [`${port}:80`] });
        const published = await run.event("published");
        expect(published).toMatchObject({ takenPort: port, port: 80 });
        expect(published.hostPort).toBeGreaterThan(port);
        const socket = await connectTo(run);
        expect(String(await roundTrip(socket, Buffer.from("hello")))).toBe("hello");
        server.close();
      });

      test("is refused if it has to be that one", async () => {
        const { server, port } = await taken();
        const run = publish(["echo"], { publish: [`${port}:80`], strictPort: true });
        await expect(run.exit).rejects.toMatchObject({
          code: "ERR_MIRAGE_RUN_PORT_TAKEN",
          message: `127.0.0.1:${port} is taken`,
        });
        server.close();
      });
    });

    test("doesn't start on an address of another machine", async () => {
      const run = publish(["echo"], { publish: ["192.0.2.1:0:80"] });
      await expect(run.exit).rejects.toMatchObject({ code: "ERR_MIRAGE_RUN_PORT_ADDRESS" });
      expect(run.seen.map(({ type }) => type)).toEqual(["starting"]);
    });
  },
);
