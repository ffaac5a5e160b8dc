import { describe, expect, test } from "vitest";
import { standIn } from "../test/launch.js";
import { inNetwork, runnerProcess } from "../test/processes.js";
import type { RunOptions } from "./index.js";

const prefix = inNetwork();
const net = {
  device: "net",
  addressing: {
    kind: "static",
    address: "10.0.0.2",
    netmask: "255.255.255.0",
    gateway: "10.0.0.1",
  },
} as const;

function direct(behaviours: readonly string[], options: Partial<RunOptions> = {}): RunOptions {
  return { ...standIn(behaviours, { networks: [net] }), forwardSignals: true, ...options };
}

/** Commands that are run in the namespace before the runner, which then replaces the shell. */
function after(...commands: string[]): readonly string[] {
  return [...(prefix ?? []), "sh", "-c", `set -e; ${commands.join("; ")}; exec "$@"`, "sh"];
}

const withoutPrivilege = ["setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin"];

describe.skipIf(prefix === undefined)(
  "on a TAP device (needs a network namespace and /dev/net/tun)",
  () => {
    test("the unikernel is reached through it, and it goes with the unikernel", async () => {
      const runner = runnerProcess(direct(["echo"]), {
        prefix: prefix ?? [],
        env: { FETCH: "10.0.0.2:80" },
      });
      expect(await runner.line("tap")).toMatchObject({ tap: "tap0", host: "10.0.0.1/24" });
      const { data, interfaces } = await runner.line("fetched");
      expect(data).toBe("hello");
      expect(interfaces).toMatchObject({
        tap0: expect.arrayContaining([expect.objectContaining({ cidr: "10.0.0.1/24" })]),
      });
      expect(await runner.line("end")).toMatchObject({ signal: "SIGTERM", devices: [] });
      await runner.gone();
    });

    test("each network has its device", async () => {
      const networks = [net, { device: "eth1", tap: "wan", mac: "02:00:00:00:00:09" }];
      const runner = runnerProcess(
        direct([], {
          binary: "/bin/sh",
          args: [
            "-c",
            [
              'test "$MIRAGE_NETS" = net=3,eth1=4',
              'test "$(echo "$MIRAGE_MACS" | cut -d , -f 2)" = eth1=02:00:00:00:00:09',
              "test -c /proc/self/fd/4",
              'echo "listen udp 7" >&$MIRAGE_STATUS_FD',
            ].join(" && "),
          ],
          networks,
        }),
        { prefix: prefix ?? [] },
      );
      expect(await runner.line("serving")).toMatchObject({ protocol: "udp", port: 7 });
      expect(await runner.line("end")).toMatchObject({ code: 0, devices: [] });
    });

    test("nothing remains when the runner is killed with SIGKILL", async () => {
      const runner = runnerProcess(direct(["echo"]), { prefix: prefix ?? [] });
      await runner.line("serving");
      expect(runner.remaining().length).toBeGreaterThan(1);
      runner.child.kill("SIGKILL");
      await runner.gone();
    });

    test("nothing remains when the unikernel crashes", async () => {
      const runner = runnerProcess(direct(["crash"]), { prefix: prefix ?? [] });
      expect(await runner.line("end")).toMatchObject({ signal: "SIGSEGV", devices: [] });
      await runner.gone();
    });

    test("Ctrl-C reaches the unikernel", async () => {
      const runner = runnerProcess(direct(["echo"]), { prefix: prefix ?? [] });
      await runner.line("serving");
      runner.child.kill("SIGINT");
      expect(await runner.line("end")).toMatchObject({ signal: "SIGINT", devices: [] });
      await runner.gone();
    });

    test("a user's persistent device with its address needs no privilege", async () => {
      const runner = runnerProcess(direct([], { binary: "/bin/true", args: [] }), {
        prefix: [
          ...after(
            "ip tuntap add dev mine mode tap user 0",
            "ip address add 10.0.0.1/24 dev mine",
            "ip link set mine up",
          ),
          ...withoutPrivilege,
        ],
      });
      expect(await runner.line("tap")).toMatchObject({ tap: "mine", host: "10.0.0.1/24" });
      expect(await runner.line("end")).toMatchObject({ code: 0 });
    });

    test("without a privilege and a persistent device, the error says what helps", async () => {
      const runner = runnerProcess(direct(["echo"]), {
        prefix: [...(prefix ?? []), ...withoutPrivilege],
      });
      expect(await runner.line("error")).toMatchObject({ code: "ERR_MIRAGE_TAP_PRIVILEGE" });
      await runner.gone();
    });

    test("an address that another interface has is warned of", async () => {
      const runner = runnerProcess(direct(["fail"]), {
        prefix: after(
          "ip link add other type bridge",
          "ip address add 10.0.0.1/24 dev other",
          "ip link set other up",
        ),
      });
      expect(await runner.line("warning")).toMatchObject({
        message: expect.stringContaining("other has the address 10.0.0.1/24 already"),
      });
      await runner.line("end");
    });

    test("the port of a bridge gets no address", async () => {
      const options = direct(["fail"], { networks: [{ ...net, tap: "port" }] });
      const runner = runnerProcess(options, {
        prefix: after(
          "ip link add br0 type bridge",
          "ip tuntap add dev port mode tap",
          "ip link set port master br0",
        ),
      });
      const tap = await runner.line("tap");
      expect(tap).toMatchObject({ tap: "port" });
      expect(tap).not.toHaveProperty("host");
      expect(await runner.line("end")).toMatchObject({ devices: [{ name: "port", isUp: true }] });
    });

    test("DHCP without a server is warned of", async () => {
      const networks = [{ device: "net", addressing: { kind: "dhcp" } }] as const;
      const runner = runnerProcess(direct(["fail"], { networks }), { prefix: prefix ?? [] });
      expect(await runner.line("warning")).toMatchObject({
        message: "the unikernel waits for a DHCP server on tap0",
      });
      await runner.line("end");
    });
  },
);
