import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { copyOfExample, Running } from "../../src/support/mirage.js";
import { isRoot, type Namespace, networkNamespace } from "../../src/support/namespace.js";
import { buildForXen } from "../../xen/src/application.js";
import { type Board, boards, Machine, macs, virtioTest } from "./machine.js";

const taps = ["tap0", "tap1"] as const;

const secondInterface = "ip-use-dhcp: true\nnet-eth1: tap1\n";

const configuration = `
let main manager interface id =
  let configured =
    if id = "eth1" then Net.Manager.configure interface \`DHCP else Lwt.return_unit
  in
  Lwt.bind configured (fun () -> echo manager interface id)
`;

/** A namespace with two TAP devices, on each of which dnsmasq leases one address. */
async function networks(): Promise<{ readonly name: string; inside(...words: string[]): string }> {
  const { name, exec }: Namespace = networkNamespace(onTestFinished);
  const inside = (...words: string[]) =>
    execFileSync(exec[0] ?? "", [...exec.slice(1), ...words], { encoding: "utf8" });
  for (const [i, tap] of taps.entries()) {
    inside("ip", "tuntap", "add", tap, "mode", "tap", "vnet_hdr");
    inside("ip", "address", "add", `10.0.${i}.1/24`, "dev", tap);
    inside("ip", "link", "set", tap, "up");
  }
  const options = [
    ...["--no-daemon", "--conf-file=/dev/null", "--port=0", "--bind-interfaces"],
    ...["--except-interface=lo", "--leasefile-ro", "--no-ping", "--pid-file="],
    ...taps.flatMap((tap, i) => [
      `--interface=${tap}`,
      `--dhcp-range=10.0.${i}.50,10.0.${i}.60,255.255.255.0,1h`,
      `--dhcp-host=${macs[i]},10.0.${i}.77`,
    ]),
  ];
  const server = new Running(exec[0] ?? "", [...exec.slice(1), "dnsmasq", ...options], {});
  onTestFinished(async () => {
    server.child.kill("SIGKILL");
    await server.finished;
  });
  await server.says(/IP range[\s\S]*IP range/);
  return { name, inside };
}

virtioTest("two interfaces ask dnsmasq for their addresses, and both answer", async ({ skip }) => {
  skip(!isRoot, "a TAP device takes root");
  const folder = copyOfExample("ping");
  const edit = (name: string, change: (text: string) => string) =>
    writeFileSync(join(folder, name), change(readFileSync(join(folder, name), "utf8")));
  edit("ping.conf", (conf) => conf.replaceAll(/^ip-.*\n/gm, "").concat(secondInterface));
  // A program configures its further interfaces itself.
  edit("ping.ml", (source) => `${source.replace("main", "echo")}${configuration}`);
  await buildForXen(folder);
  for (const board of Object.keys(boards) as Board[]) {
    const { name, inside } = await networks();
    const machine = await Machine.start(board, folder, {
      taps: { namespace: name, devices: taps },
    });
    for (const device of ["net", "eth1"]) {
      await machine.says(new RegExp(`^${device}: echo on UDP port 7\\r?$`, "m"));
    }
    for (const [i] of taps.entries()) {
      const pings = inside("ping", "-c", "5", "-W", "20", `10.0.${i}.77`);
      expect(pings, board).toContain(" 0% packet loss");
    }
    await machine.command("system_powerdown");
    expect(await machine.ends(), board).toBe(0);
  }
});
