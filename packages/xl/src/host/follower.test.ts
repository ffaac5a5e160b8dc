import { expect, test } from "vitest";
import type { Domain, ShutdownReason } from "./domain.js";
import { Follower } from "./follower.js";

function domain(state: Domain["state"], more: Partial<Domain> = {}): Domain {
  return {
    id: 7,
    name: "www",
    state,
    isIdle: true,
    memoryMb: 16,
    vcpus: 1,
    cpuSeconds: 0,
    uuid: "03975453-f106-4d49-af3c-44134a66e0b4",
    ...more,
  };
}

function ended(shutdownReason: ShutdownReason, state: Domain["state"] = "shutdown"): Domain {
  return domain(state, { shutdownReason });
}

/** Short texts of what is told, look by look. */
function follow(...looks: [Domain[], string?][]): string[] {
  const follower = new Follower(7, "www");
  return looks.map(([domains, log = ""]) =>
    follower
      .look({ domains, log })
      .map((event) => {
        if (event.type === "state") return event.state;
        if (event.type === "restarted") return `restarted as ${event.id} after ${event.reason}`;
        return `ended: ${event.reason}${event.isKept ? ", kept" : ""}`;
      })
      .join("; "),
  );
}

const note = (reason: number, action: string) =>
  `Domain 7 has shut down, reason code ${reason} 0x${reason}\nAction for shutdown reason code ${reason} is ${action}\n`;

test("only changes of the state are told", () => {
  expect(
    follow(
      [[domain("paused")]],
      [[domain("running")]],
      [[domain("running", { isIdle: false })]],
      [[domain("paused")]],
    ),
  ).toEqual(["paused", "running", "", "paused"]);
});

test("gone between two looks, with the reason from the log", () => {
  expect(follow([[domain("running")]], [[], note(3, "destroy")])).toEqual([
    "running",
    "ended: crash",
  ]);
});

test("gone before the first look", () => {
  expect(follow([[], note(0, "destroy")])).toEqual(["ended: poweroff"]);
});

test("destroyed from outside, which xl notes a moment later", () => {
  expect(follow([[domain("running")]], [[]], [[], "Domain 7 has been destroyed.\n"])).toEqual([
    "running",
    "",
    "ended: destroyed",
  ]);
});

test("xl takes its time to remove it", () => {
  const log = note(0, "destroy");
  const slow = Array.from({ length: 9 }, (): [Domain[], string] => [[ended("poweroff")], log]);
  expect(follow(...slow, [[ended("poweroff", "dying")], log], [[], log])).toEqual([
    "shutdown",
    ...Array(8).fill(""),
    "dying",
    "ended: poweroff",
  ]);
});

test("kept for examination", () => {
  const crashed = ended("crash", "crashed");
  expect(follow([[domain("running")]], [[crashed], note(3, "preserve")])).toEqual([
    "running",
    "crashed; ended: crash, kept",
  ]);
});

test("without a log, its state tells what can be told", () => {
  const crashed: [Domain[]] = [[ended("watchdog", "crashed")]];
  expect(follow(crashed, crashed, crashed, crashed)).toEqual([
    "crashed",
    "",
    "",
    "ended: watchdog, kept",
  ]);
  expect(follow([[domain("running")]], [[]], [[]], [[]], [[]]).at(-1)).toBe("ended: undefined");
});

test.each(["restart", "rename-restart"])("started again by %s", (action) => {
  const again = domain("running", { id: 8 });
  const old = action === "restart" ? [] : [ended("reboot")].map((d) => ({ ...d, name: "www-1" }));
  const log = note(1, action);
  expect(
    follow(
      [[domain("running")]],
      [old, log],
      [[...old, again], log],
      [old, `${log}Domain 8 has shut down, reason code 0 0x0\n`],
    ).filter((text) => !/^(?:|shutdown)$/.test(text)),
  ).toEqual(["running", "restarted as 8 after reboot; running", "ended: poweroff"]);
});

test("xl does not manage to start it again", () => {
  const gone = Array.from({ length: 61 }, (): [Domain[], string] => [[], note(1, "restart")]);
  expect(follow([[domain("running")]], ...gone).at(-1)).toBe("ended: reboot");
});
