import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { Machine, obstacle } from "../test/machine.js";

const why = obstacle();
const client = fileURLToPath(new URL("../test/dhcp-client.mjs", import.meta.url));

/** What others have on a machine: rules, a network, and settings that are not the kernel's own. */
const furnished = `
  ip link add eth0 type veth peer name cable
  ip address add 192.0.2.1/24 dev eth0
  ip link set eth0 up
  ip link set cable up
  nft 'table inet others { chain input { type filter hook input priority 0; policy accept; tcp dport 22 accept; }; }'
  nft 'table ip mirage-other { chain postrouting { type nat hook postrouting priority 100; }; }'
  echo 0 >/proc/sys/net/ipv4/conf/all/accept_redirects
  echo 1 >/proc/sys/net/ipv4/conf/eth0/forwarding`;

describe.skipIf(why !== undefined)(`in a network of its own (${why ?? "possible here"})`, () => {
  test("up, up again, down: all is there, nothing is done twice, and nothing stays behind", async () => {
    const machine = await Machine.start();
    machine.sh(furnished);
    const before = machine.snapshot();

    expect(machine.call("networkUp", [{}])).toEqual({ result: true });
    const { result } = machine.call("networkStatus");
    expect(result).toEqual([
      {
        bridge: "xenbr0",
        address: "10.0.0.1/24",
        ports: [],
        masquerade: true,
        dhcp: { from: "10.0.0.100", to: "10.0.0.199", pid: expect.any(Number), leases: [] },
        problems: [],
        warnings: [],
      },
    ]);
    const up = machine.snapshot();
    expect(up).toContain("ip saddr 10.0.0.0/24 ip daddr != 10.0.0.0/24");
    expect(up).toMatch(/^dnsmasq$/m);
    expect(up).toMatch(/^ip_forward:1$/m);

    expect(machine.call("planNetworkUp", [{}])).toEqual({ result: [] });
    expect(machine.call("networkUp", [{}])).toEqual({ result: false });
    expect(machine.snapshot()).toBe(up);

    expect(machine.call("networkDown")).toEqual({ result: true });
    expect(machine.snapshot()).toBe(before);
    expect(machine.call("networkDown")).toEqual({ result: false });
    expect(machine.snapshot()).toBe(before);
  });

  test("a bridge that is there already stays, with what it had", async () => {
    const machine = await Machine.start();
    machine.sh(`${furnished}
      ip link add br7 type bridge
      ip address add 172.20.0.1/16 dev br7
      for tap in tap4 tap5; do ip tuntap add dev $tap mode tap; done
      ip link set tap5 master br7
      # Having been on once is the one thing that the kernel does not forget.
      for link in br7 tap4 tap5; do ip link set $link up; ip link set $link down; done`);
    const before = machine.snapshot();
    const taps = [{ name: "tap4" }, { name: "tap5" }, { name: "tap6", owner: "nobody" }];
    const options = { bridge: "br7", dhcp: false, taps };
    expect(machine.call("networkUp", [options])).toEqual({ result: true });
    expect(machine.call("networkStatus").result).toMatchObject([
      { bridge: "br7", ports: ["tap4", "tap5", "tap6"], problems: [] },
    ]);
    expect(machine.sh("ip -json address show br7")).toMatch(/172\.20\.0\.1.*10\.0\.0\.1/);
    expect(machine.sh("ip -details link show tap6")).toMatch(/tun type tap .* user nobody/);
    expect(machine.call("networkUp", [options])).toEqual({ result: false });
    expect(machine.call("networkDown", ["br7"])).toEqual({ result: true });
    expect(machine.snapshot()).toBe(before);
  });

  test("killed at any moment, up and down still come to the same", async () => {
    const machine = await Machine.start();
    machine.sh(furnished);
    const before = machine.snapshot();
    const options = { taps: [{ name: "tap9" }] };
    const { length } = machine.call("planNetworkUp", [options]).result;
    expect(length).toBeGreaterThan(6);
    for (let index = 0; index < length; index++) {
      expect(machine.call("networkUp", [options], { dieAfter: index })).toEqual({});
      if (index % 3 === 0) {
        expect(machine.call("networkUp", [options]), `up after ${index}`).toEqual({
          result: index < length - 1,
        });
        expect(machine.call("networkStatus").result).toMatchObject([{ problems: [] }]);
      }
      machine.call("networkDown");
      expect(machine.snapshot(), `killed after action ${index}`).toBe(before);
    }
    machine.call("networkUp", [options]);
    const steps = machine.call("planNetworkDown").result.length;
    expect(steps).toBeGreaterThan(6);
    for (let index = 1; index < steps; index += 4) {
      machine.call("networkUp", [options]);
      expect(machine.call("networkDown", ["xenbr0"], { dieAt: index })).toEqual({});
      machine.call("networkDown");
      expect(machine.snapshot(), `killed at step ${index} of down`).toBe(before);
    }
  });

  test("a failure half-way leaves nothing", async () => {
    const machine = await Machine.start();
    machine.sh(furnished);
    machine.sh(`printf '#!/bin/sh\nexit 3\n' >/run/dnsmasq; chmod +x /run/dnsmasq
      mount --bind /run/dnsmasq "$(command -v dnsmasq)"`);
    const before = machine.snapshot();
    expect(machine.call("networkUp", [{}]).error).toMatchObject({
      code: "ERR_MIRAGE_COMMAND_FAILED",
      message: expect.stringContaining("start the DHCP server"),
    });
    expect(machine.snapshot()).toBe(before);
  });

  test("guests get an address, and reach what the host reaches", async () => {
    const machine = await Machine.start();
    machine.sh(`
      ip netns add outside
      ip link add eth0 type veth peer name out netns outside
      ip address add 192.0.2.1/24 dev eth0
      ip link set eth0 up
      ip -netns outside address add 192.0.2.2/24 dev out
      ip -netns outside link set out up`);
    expect(machine.call("networkUp", [{}])).toEqual({ result: true });
    machine.sh(`
      ip netns add guest
      ip link add vif1.0 type veth peer name eth0 netns guest
      ip link set vif1.0 master xenbr0 up
      ip -netns guest address add 10.0.0.50/24 dev eth0
      ip -netns guest link set eth0 up
      ip -netns guest route add default via 10.0.0.1
      ip netns exec guest ping -c 1 -W 5 10.0.0.1
      ip netns exec guest ping -c 1 -W 5 192.0.2.2`);
    const address = machine.sh(`ip netns exec guest '${process.execPath}' '${client}'`);
    expect(address).toMatch(/^10\.0\.0\.1\d\d$/);
    expect(machine.call("networkStatus").result).toMatchObject([
      { ports: ["vif1.0"], dhcp: { leases: [{ mac: "02:00:00:00:00:42", address }] } },
    ]);

    expect(machine.call("networkDown").error).toMatchObject({
      code: "ERR_MIRAGE_NETWORK_IN_USE",
      message: "vif1.0 is still in use on xenbr0",
    });
    expect(machine.call("networkDown", ["xenbr0", { force: true }])).toEqual({ result: true });
    expect(machine.sh("ip link show vif1.0")).not.toContain("master");
  });

  test("between two other networks, what was not passed on is not passed on", async () => {
    const machine = await Machine.start();
    // Of three networks of the host's, two pass packets on, by settings of their interfaces' own.
    machine.sh(`
      ip netns add guest
      for n in 1:lana 2:lanb 3:lanc; do
        name=\${n#*:} i=\${n%%:*}
        ip netns add $name
        ip link add $name type veth peer name eth0 netns $name
        ip address add 192.0.$i.1/24 dev $name
        ip link set $name up
        ip -netns $name address add 192.0.$i.2/24 dev eth0
        ip -netns $name link set eth0 up
        ip -netns $name route add default via 192.0.$i.1
      done
      echo 1 >/proc/sys/net/ipv4/conf/lanc/forwarding
      echo 1 >/proc/sys/net/ipv4/conf/lanb/forwarding`);
    const reaches = (from: string, address: string) =>
      machine
        .sh(`ip netns exec ${from} ping -c 1 -W 1 ${address} >/dev/null && echo yes || echo no`)
        .trim() === "yes";
    const others = () => ({
      "a to c": reaches("lana", "192.0.3.2"),
      "a to b": reaches("lana", "192.0.2.2"),
      "c to b": reaches("lanc", "192.0.2.2"),
    });
    const asBefore = others();
    expect(asBefore).toEqual({ "a to c": false, "a to b": false, "c to b": true });
    const before = machine.snapshot();

    machine.call("networkUp", [{ dhcp: false }]);
    machine.sh(`
      ip link add vif1.0 type veth peer name eth0 netns guest
      ip link set vif1.0 master xenbr0 up
      ip -netns guest address add 10.0.0.50/24 dev eth0
      ip -netns guest link set eth0 up
      ip -netns guest route add default via 10.0.0.1`);
    expect(reaches("guest", "192.0.1.2")).toBe(true);
    expect(others()).toEqual(asBefore);

    machine.call("networkUp", [{ bridge: "br2", address: "10.2.0.1/24", dhcp: false }]);
    expect(machine.call("networkStatus").result).toMatchObject([
      { problems: [] },
      { problems: [] },
    ]);
    expect(others()).toEqual(asBefore);
    machine.call("networkDown", ["br2"]);
    expect(reaches("guest", "192.0.2.2")).toBe(true);
    machine.sh("nft delete table ip mirage-forward");
    expect(machine.call("networkStatus").result).toMatchObject([
      { problems: ["nothing keeps the host from passing on packets of others"] },
    ]);
    machine.call("networkUp", [{ dhcp: false }]);
    expect(others()).toEqual(asBefore);
    machine.sh("ip link delete vif1.0");
    machine.call("networkDown");
    expect(machine.snapshot()).toBe(before);
    expect(others()).toEqual(asBefore);
  });

  test("where forwarding was on, nothing is held back", async () => {
    const machine = await Machine.start();
    machine.sh("echo 1 >/proc/sys/net/ipv4/ip_forward");
    machine.call("networkUp", [{ dhcp: false }]);
    expect(machine.sh("nft list tables")).not.toContain("mirage-forward");
    expect(machine.call("networkStatus").result).toMatchObject([{ problems: [] }]);
  });

  test("a TAP device that a program has open is in use", async () => {
    const machine = await Machine.start();
    machine.call("networkUp", [{ dhcp: false, taps: [{ name: "tap3" }] }]);
    const program = `
import fcntl, struct, time
device = open("/dev/net/tun", "r+b", buffering=0)
fcntl.ioctl(device, 0x400454CA, struct.pack("16sH22x", b"tap3", 0x1002)) # TUNSETIFF: a TAP device
print("open", flush=True)
time.sleep(60)`;
    machine.sh(`python3 -c '${program}' >/run/program 2>&1 &
      for _ in $(seq 100); do grep -q open /run/program && break; sleep 0.05; done`);
    expect(machine.call("networkDown").error).toMatchObject({
      code: "ERR_MIRAGE_NETWORK_IN_USE",
      message: "tap3 is still in use on xenbr0",
    });
    expect(machine.call("networkDown", ["xenbr0", { force: true }])).toEqual({ result: true });
  });

  test("of two networks, the last one puts forwarding back", async () => {
    const machine = await Machine.start();
    machine.sh(furnished);
    const before = machine.snapshot();
    machine.call("networkUp", [{}]);
    machine.call("networkUp", [{ bridge: "br2", address: "10.2.0.1/24", dhcp: false }]);
    machine.call("networkDown");
    expect(machine.sh("cat /proc/sys/net/ipv4/ip_forward")).toBe("1\n");
    expect(machine.call("networkStatus").result).toMatchObject([{ bridge: "br2", problems: [] }]);
    machine.call("networkDown", ["br2"]);
    expect(machine.snapshot()).toBe(before);
  });

  test("what is not as it was set up is told, and mended", async () => {
    const machine = await Machine.start();
    machine.call("networkUp", [{}]);
    const [{ dhcp }] = machine.call("networkStatus").result;
    machine.sh(`kill ${dhcp.pid}
      nft delete table ip mirage-xenbr0
      nft 'table ip filter { chain FORWARD { type filter hook forward priority 0; policy drop; }; }'
      ip address flush dev xenbr0
      echo 0 >/proc/sys/net/ipv4/ip_forward
      for _ in $(seq 100); do kill -0 ${dhcp.pid} 2>/dev/null || break; sleep 0.05; done`);
    expect(machine.call("networkStatus").result).toMatchObject([
      {
        problems: [
          "xenbr0 has lost the address 10.0.0.1",
          "IPv4 forwarding is switched off",
          "nftables has no table mirage-xenbr0 any more",
          "the DHCP server does not run",
        ],
        warnings: [expect.stringContaining("ip filter FORWARD")],
      },
    ]);
    expect(machine.call("networkUp", [{}])).toEqual({ result: true });
    expect(machine.call("networkStatus").result).toMatchObject([{ problems: [] }]);
    expect(machine.call("networkUp", [{ address: "10.9.0.1/24" }]).error).toMatchObject({
      code: "ERR_MIRAGE_NETWORK_DIFFERENT",
    });
  });

  test("names and addresses that are taken", async () => {
    const machine = await Machine.start();
    machine.sh(`
      ip link add eth0 type veth peer name cable
      ip address add 10.0.0.77/16 dev eth0
      ip link add lan type bridge`);
    const before = machine.snapshot();
    const other = { address: "10.7.0.1/24" };
    const errors = [{}, { ...other, bridge: "eth0" }, { ...other, taps: [{ name: "cable" }] }].map(
      (options) => machine.call("networkUp", [options]).error,
    );
    expect(errors).toMatchObject([
      {
        code: "ERR_MIRAGE_NETWORK_TAKEN",
        message: expect.stringContaining("eth0 has the address 10.0.0.77/16"),
      },
      { code: "ERR_MIRAGE_NETWORK_NOT_A_BRIDGE" },
      { code: "ERR_MIRAGE_NETWORK_TAP", message: "cable is not a TAP device" },
    ]);
    expect(machine.snapshot()).toBe(before);
  });

  test("what it takes is said before anything is done, all at once", async () => {
    const machine = await Machine.start();
    machine.sh(`touch /run/empty
      for program in nft dnsmasq; do mount --bind /run/empty "$(command -v $program)"; done`);
    const before = machine.sh("ip -json link");
    const nobody = [
      "env",
      "HOME=/tmp",
      "setpriv",
      "--reuid=65534",
      "--regid=65534",
      "--clear-groups",
    ];
    const { error } = machine.call("networkUp", [{}], { as: nobody });
    expect(error?.details).toMatchObject([
      { code: "ERR_MIRAGE_NETWORK_PRIVILEGE", hint: expect.stringContaining("sudo") },
      {
        code: "ERR_MIRAGE_NETWORK_PROGRAM",
        hint: "install with: sudo apt-get install nftables dnsmasq-base; or do without: --no-masquerade --no-dhcp",
      },
    ]);
    expect(machine.sh("ip -json link")).toBe(before);
    expect(machine.call("planNetworkUp", [{}], { as: nobody }).result.length).toBeGreaterThan(5);
  });
});
