import { type Configuration, parseConf } from "@mirage/conf";
import { expect, test } from "vitest";
import { addressing, httpPort, toldArgument } from "./told.js";

function configuration(text: string): Configuration {
  const parsed = parseConf(text, "a.conf").configuration;
  if (!parsed) throw new Error(text);
  return parsed;
}

test("the last one on the command line counts, then the variable", () => {
  const environment = { ARGUMENT_HTTP_PORT: "3" };
  const port = (...args: string[]) => toldArgument({ args, environment }, "http-port");
  expect(port("--http-port=1", "--http-port", "2")).toBe("2");
  expect(port("--http-port", "--other")).toBe("3");
  expect(port("--", "--http-port=1")).toBe("3");
  expect(toldArgument({}, "http-port")).toBeUndefined();
});

test("the port of the web server is what it will be told", () => {
  const site = configuration("main-http: A.b\nhttp-port: 80\nhttp-address: *");
  expect(httpPort(site, {})).toBe(80);
  expect(httpPort(site, { args: ["--http-port", "8080"] })).toBe(8080);
  expect(httpPort(configuration("main-noip: A.b"), {})).toBeUndefined();
});

const fixed = "main-ip: A.b\nip-address: 10.0.0.2";
const built = { kind: "static", netmask: "255.255.255.0", gateway: "10.0.0.1" };

test.each([
  [fixed, "", { ...built, address: "10.0.0.2" }],
  [fixed, "--ip-address 10.0.0.9", { ...built, address: "10.0.0.9" }],
  [fixed, "--ip-address dhcp", { kind: "dhcp" }],
  [
    fixed,
    "--ip-address 10.1.0.9/16 --ip-gateway 10.1.9.1",
    { kind: "static", address: "10.1.0.9", netmask: "255.255.0.0", gateway: "10.1.9.1" },
  ],
  [
    fixed,
    "--ip-address 10.1.0.9/32",
    { kind: "static", address: "10.1.0.9", netmask: "255.255.255.255", gateway: "10.0.0.1" },
  ],
  [fixed, "--ip-address 10.1.0.9", undefined],
  [fixed, "--ip-address nonsense", undefined],
  ["main-ip: A.b\nip-use-dhcp: true", "", { kind: "dhcp" }],
  [
    "main-ip: A.b\nip-use-dhcp: true",
    "--ip-address 10.0.0.9/24 --ip-gateway 10.0.0.1",
    { ...built, address: "10.0.0.9" },
  ],
])("the address of %j with %j", (text, words, expected) => {
  const args = words.split(" ").filter((word) => word !== "");
  expect(addressing(configuration(text), { args })).toEqual(expected);
});
