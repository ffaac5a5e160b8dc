import { expect, test } from "vitest";
import { hostAddress } from "./network.js";

const addressing = {
  kind: "static",
  address: "10.0.0.2",
  netmask: "255.255.255.0",
  gateway: "10.0.0.1",
} as const;

test("the host is the gateway; where a device has two ends only, its peer is the unikernel", () => {
  expect(hostAddress(addressing, "linux")).toBe("10.0.0.1/24");
  expect(hostAddress(addressing, "openbsd")).toBe("10.0.0.1/24");
  expect(hostAddress(addressing, "darwin")).toBe("10.0.0.1 peer 10.0.0.2/32");
  const alone = { ...addressing, netmask: "255.255.255.255" };
  expect(hostAddress(alone, "linux")).toBe("10.0.0.1 peer 10.0.0.2/32");
});
