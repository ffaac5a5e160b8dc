import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { cannotPublish, standIn } from "../test/launch.js";
import { kill, runnerProcess } from "../test/processes.js";

const obstacle = cannotPublish();

describe.skipIf(obstacle !== undefined)(
  `with a private network (${obstacle ?? "possible here"})`,
  () => {
    const options = { ...standIn(["echo"]), forwardSignals: true, publish: ["0:80"] };

    async function isRefused(port: number): Promise<boolean> {
      const [error] = await once(connect(port, "127.0.0.1"), "error");
      return error.code === "ECONNREFUSED";
    }

    test("nothing remains when the runner is killed with SIGKILL", async () => {
      const runner = runnerProcess(options);
      const { hostPort } = await runner.line("published");
      await runner.line("serving");
      expect(runner.remaining().length).toBeGreaterThan(3);
      runner.child.kill("SIGKILL");
      await runner.gone();
      // The kernel may still be closing the sockets of a process that is a zombie already.
      await expect.poll(() => isRefused(Number(hostPort))).toBe(true);
    });

    test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
      "%s reaches the unikernel",
      async (signal) => {
        const runner = runnerProcess(options);
        await runner.line("serving");
        runner.child.kill(signal);
        expect(await runner.line("end")).toMatchObject({ code: null, signal });
        await runner.gone();
      },
    );

    test("a second Ctrl-C kills a unikernel that ignores the first", async () => {
      const runner = runnerProcess({ ...options, ...standIn(["stubborn"]), forwardSignals: true });
      await runner.line("ready");
      runner.child.kill("SIGINT");
      await runner.line("stopping");
      runner.child.kill("SIGINT");
      expect(await runner.line("end")).toMatchObject({ signal: "SIGKILL" });
      await runner.gone();
    });

    test("nothing remains when the process inside is killed", async () => {
      const runner = runnerProcess(options);
      await runner.line("serving");
      for (const pid of runner.remaining()) if (pid !== runner.child.pid) kill(pid);
      expect(await runner.line("error")).toMatchObject({ code: "ERR_MIRAGE_RUN_LOST" });
      await runner.gone();
    });
  },
);
