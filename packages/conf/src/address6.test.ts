import { expect, test } from "vitest";
import { parseConf } from "./parse-conf.js";
import { printConf } from "./print-conf.js";

const app = "main-app: Unikernel.Main (stack)\n";

function messages(lines: string, main = app): string[] {
  const { diagnostics } = parseConf(`${main}${lines}`, "app.conf");
  return diagnostics.map(({ message }) => message);
}

function settings(lines: string) {
  const { configuration, diagnostics } = parseConf(`${app}${lines}`, "app.conf");
  expect(diagnostics).toEqual([]);
  return configuration?.ipv6;
}

test("without a key there is no IPv6", () => {
  expect(settings("")).toBeUndefined();
  expect(settings("ip6-use-slaac: false\n")).toBeUndefined();
});

test("an address, a gateway, and what routers advertise", () => {
  const all = "ip6-address: 2001:DB8:0::2/64\nip6-gateway: fe80::1\nip6-use-slaac: true\n";
  expect(settings(all)).toMatchObject({
    address: { value: { address: "2001:db8::2", prefix: 64 } },
    gateway: { value: "fe80::1" },
    slaac: { value: true },
  });
  expect(settings("ip6-use-slaac: true\n")).toMatchObject({ slaac: { value: true } });
});

test("what is printed is read as the same", () => {
  const text = `${app}ip6-address: fd00::2/48\nip6-gateway: fd00::1\nip6-use-slaac: true\n`;
  const { configuration } = parseConf(text, "app.conf");
  if (!configuration) throw new Error("no configuration");
  const printed = printConf(configuration);
  expect(printed).toContain("ip6-address: fd00::2/48\nip6-gateway: fd00::1\nip6-use-slaac: true\n");
  expect(printConf(parseConf(printed, "app.conf").configuration ?? configuration)).toBe(printed);
});

test.each([
  ["ip6-address: fd00::2", "with the length of its network's prefix"],
  ["ip6-address: fd00::2/0", "with the length of its network's prefix"],
  ["ip6-address: fd00::2/129", "with the length of its network's prefix"],
  ["ip6-address: fd00::2%eth0/64", "with the length of its network's prefix"],
  ["ip6-address: 10.0.0.2/24", "with the length of its network's prefix"],
  ["ip6-address: ::ffff:10.0.0.2/120", "with the length of its network's prefix"],
  ["ip6-address: ::ffff:a00:2/120", "an IPv4 address in disguise"],
  ["ip6-address: ::1/64", "the loopback address"],
  ["ip6-address: ff02::1/64", "a multicast address"],
  ["ip6-address: ::/64", "no address"],
  ["ip6-address: fe80::2/64", "an address of the link"],
  ["ip6-gateway: fd00::1", "needs an address to speak to it from"],
  ["ip6-address: fd00::2/64\nip6-gateway: fd01::1", "is outside the network of fd00::2/64"],
  ["ip6-address: fd00::2/64\nip6-gateway: fd00::2", "both `ip6-address` and `ip6-gateway`"],
  ["ip6-address: fd00::2/64\nip6-gateway: 10.0.0.1", "is not an IPv6 address"],
  ["ip6-use-slaac: yes", "true or false"],
])("refuses %s", (lines, reason) => {
  const found = messages(`${lines}\n`);
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(reason);
});

test("says where it has no effect", () => {
  const lines = "ip6-address: fd00::2/64\n";
  expect(messages(lines, "main-noip: Hello.main\n")).toEqual([
    "`ip6-address` has no effect: `main-noip` has no network",
  ]);
  expect(messages(lines, "main-ip: Ping.main\n")).toEqual([
    "`ip6-address` has no effect: `main-ip` knows IPv4 only",
  ]);
});
