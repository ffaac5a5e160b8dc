import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  createPersistent,
  deletePersistent,
  findInterface,
  listDevices,
  openTap,
} from "./index.js";

const nobody = 65534;

/** Real root may become any user; the root of a user namespace knows only itself. */
const isRealRoot = readFileSync("/proc/self/uid_map", "utf8").trim().split(/\s+/)[2] !== "1";

function asUser<T>(uid: number, action: () => T): T {
  process.seteuid?.(uid);
  try {
    return action();
  } finally {
    process.seteuid?.(0);
  }
}

function code(code: string, hint: RegExp) {
  return expect.objectContaining({ code, hint: expect.stringMatching(hint) });
}

describe("persistent devices", () => {
  afterEach(() => {
    for (const { name } of listDevices()) deletePersistent(name);
  });

  test("stay after they were closed, with what was set, until they are deleted", () => {
    const tap = createPersistent({ name: "stays", owner: 0, group: 0 });
    tap.addresses.set(["10.0.0.1/24"]);
    tap.up();
    openTap({ name: "stays" }).close();
    expect(listDevices()).toEqual([
      { name: "stays", kind: "tap", persistent: true, owner: 0, group: 0, isUp: true, mtu: 1500 },
    ]);
    expect(findInterface("stays")?.addresses.list()).toEqual(["10.0.0.1/24"]);
    deletePersistent("stays");
    expect(findInterface("stays")).toBeUndefined();
  });

  test("TUN devices too", () => {
    createPersistent({ name: "packets", kind: "tun" });
    expect(listDevices()).toEqual([expect.objectContaining({ name: "packets", kind: "tun" })]);
  });

  test("are not deleted while in use", () => {
    createPersistent({ name: "stays" });
    const tap = openTap({ name: "stays" });
    expect(() => deletePersistent("stays")).toThrow(
      code("ERR_MIRAGE_TAP_BUSY", /end that process/),
    );
    tap.close();
  });

  test("one that doesn't exist can't be deleted", () => {
    expect(() => deletePersistent("lo")).toThrow(
      expect.objectContaining({ code: "ERR_MIRAGE_TAP_NOT_FOUND" }),
    );
  });
});

describe.runIf(isRealRoot)("without CAP_NET_ADMIN", () => {
  beforeEach(() => mountDevNet({ mode: "666" }));
  afterEach(() => execFileSync("umount", ["--lazy", "/dev/net"]));

  test("a new device is refused, with every way out", () => {
    const error = (() => {
      try {
        return asUser(nobody, () => openTap());
      } catch (error) {
        return error;
      }
    })();
    expect(error).toMatchObject({
      code: "ERR_MIRAGE_TAP_PRIVILEGE",
      message: "creating a TAP device needs the capability CAP_NET_ADMIN",
      hint: expect.stringMatching(
        /sudo[\s\S]*ip tuntap add dev tap0 mode tap user[\s\S]*setcap[\s\S]*--publish/,
      ),
    });
  });

  test("the owner of a persistent device opens and deletes it, but can't configure it", () => {
    createPersistent({ name: "owned", owner: nobody });
    asUser(nobody, () => {
      const tap = openTap({ name: "owned" });
      expect(() => tap.up()).toThrow(code("ERR_MIRAGE_TAP_PRIVILEGE", /ip link set owned up/));
      tap.close();
      deletePersistent("owned");
    });
    expect(listDevices()).toEqual([]);
  });

  test("another user's device is refused", () => {
    createPersistent({ name: "owned", owner: 12345 });
    expect(() => asUser(nobody, () => openTap({ name: "owned" }))).toThrow(
      code("ERR_MIRAGE_TAP_OWNER", /owner/),
    );
    deletePersistent("owned");
  });
});

test.runIf(isRealRoot)("a driver that only root may open is named", () => {
  mountDevNet({ mode: "600" });
  try {
    expect(() => asUser(nobody, () => openTap())).toThrow(
      code("ERR_MIRAGE_TAP_ACCESS", /chmod 666 \/dev\/net\/tun/),
    );
  } finally {
    execFileSync("umount", ["--lazy", "/dev/net"]);
  }
});

test("a missing driver is named", () => {
  execFileSync("mount", ["-t", "tmpfs", "tmpfs", "/dev/net"]);
  try {
    expect(existsSync("/dev/net/tun")).toBe(false);
    expect(() => openTap()).toThrow(code("ERR_MIRAGE_TAP_NO_DRIVER", /modprobe tun/));
  } finally {
    execFileSync("umount", ["--lazy", "/dev/net"]);
  }
});

/** Covers /dev/net, in this process's mount namespace only, by one with a driver of that mode. */
function mountDevNet({ mode }: { mode: string }): void {
  execFileSync("mount", ["-t", "tmpfs", "-o", "mode=755", "tmpfs", "/dev/net"]);
  execFileSync("mknod", ["-m", mode, "/dev/net/tun", "c", "10", "200"]);
}
