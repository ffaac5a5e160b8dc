import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect, Socket } from "node:net";
import { networkInterfaces } from "node:os";
import { buffer } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { cannotPublish, launch, standIn } from "../test/launch.js";
import { PublishedPorts } from "./published-ports.js";

const obstacle = cannotPublish();
const hasIpv6 = Object.values(networkInterfaces())
  .flat()
  .some((known) => known?.address === "::1");

function ports(publication: string): PublishedPorts {
  const made = new PublishedPorts([publication]);
  onTestFinished(() => made.close());
  return made;
}

/** Sends and waits for the answer: `undefined` if there is none in time. */
async function ask(port: number, question: string): Promise<string | undefined> {
  const socket = createSocket("udp4");
  socket.send(question, port, "127.0.0.1");
  const answer = await Promise.race([once(socket, "message"), delay(2000, undefined)]);
  socket.close();
  return answer && String(answer[0]);
}

async function roundTrip(port: number, text: string): Promise<string> {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  socket.end(text);
  return String(await buffer(socket));
}

test("without an address they are on ::1 as well", async ({ skip }) => {
  const made = ports("0:80");
  const [publication] = made.publications;
  if (publication === undefined) throw new Error("no publication");
  let hostPort = 0;
  await made.open(publication, (event) => {
    if (event.type === "published") hostPort = event.hostPort;
  });
  made.leadTo((_, connection) => {
    if (connection instanceof Socket) connection.end("taken");
  });
  const answer = (host: string) => buffer(connect({ port: hostPort, host }));
  expect(String(await answer("127.0.0.1"))).toBe("taken");
  skip(!hasIpv6, "this machine has no ::1");
  expect(String(await answer("::1"))).toBe("taken");
});

describe.skipIf(obstacle !== undefined)(
  `ports that outlive a unikernel (${obstacle ?? "possible here"})`,
  () => {
    test("serve the next one, and connections in between wait for it", async () => {
      const publish = ports("0:80");
      const first = launch(standIn(["echo"], { publish }));
      const { hostPort } = await first.event("published");
      expect(await roundTrip(hostPort, "one")).toBe("one");
      publish.hold();
      const during = [roundTrip(hostPort, "two"), roundTrip(hostPort, "three")];
      await first.stop();
      const after = roundTrip(hostPort, "four");
      const second = launch(standIn(["count"], { publish }));
      expect(await Promise.all([...during, after])).toEqual(["3", "5", "4"]);
      expect(second.seen.map(({ type }) => type)).not.toContain("published");
    });

    test("wait after a crash as well", async () => {
      const publish = ports("0:80");
      const first = launch(standIn(["crash"], { publish }));
      const { hostPort } = await first.event("published");
      await first.exit;
      const answer = roundTrip(hostPort, "hello");
      launch(standIn(["echo"], { publish }));
      expect(await answer).toBe("hello");
    });

    test("lead datagrams to the next one", async () => {
      const publish = ports("0:53/udp");
      const first = launch(standIn(["udp"], { publish }));
      const { hostPort } = await first.event("published");
      await first.event("serving");
      expect(await ask(hostPort, "one")).toBe("ONE");
      await first.stop();
      const second = launch(standIn(["udp"], { publish }));
      await second.event("serving");
      expect(await ask(hostPort, "two")).toBe("TWO");
    });

    test("lead datagrams on even if the process inside was lost", async () => {
      const publish = ports("0:53/udp");
      const first = launch(standIn(["udp"], { publish }));
      const { hostPort } = await first.event("published");
      await first.event("serving");
      void first.stop("SIGKILL");
      await first.stop("SIGKILL");
      const second = launch(standIn(["udp"], { publish }));
      await second.event("serving");
      expect(await ask(hostPort, "two")).toBe("TWO");
    });

    test("each datagram has one reader: none is lost on this machine", async () => {
      const run = launch(standIn(["udp"], { publish: ["0:53/udp"] }));
      const { hostPort } = await run.event("published");
      await run.event("serving");
      await ask(hostPort, "warm"); // the network's addresses are resolved
      const questions = Array.from({ length: 40 }, (_, i) => `q${i}`);
      for (const question of questions) {
        expect(await ask(hostPort, question)).toBe(question.toUpperCase());
      }
    });

    test("reset what waits when they are closed", async () => {
      const publish = ports("0:80");
      const run = launch(standIn(["echo"], { publish }));
      const { hostPort } = await run.event("published");
      await run.stop();
      const socket = connect(hostPort, "127.0.0.1");
      await once(socket, "connect");
      await delay(50); // until it is accepted
      publish.close();
      const [error] = await once(socket, "error");
      expect(error).toMatchObject({ code: "ECONNRESET" });
    });
  },
);
