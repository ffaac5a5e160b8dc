import { mkdtempSync, readdirSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject, onTestFinished, test } from "vitest";
import { Running } from "../../src/support/mirage.js";

/** A test that is skipped where no kernel can be built and booted; see setup.ts for why. */
export const virtioTest = test.skipIf(!inject("canBoot"));

/** The kinds of machine in which every example has to work: devices on PCI, and mapped ones. */
export const boards = {
  q35: { machine: "q35", suffix: "pci", more: [] },
  microvm: {
    machine: "microvm,pit=off,pic=off",
    suffix: "device",
    more: ["-global", "virtio-mmio.force-legacy=false"],
  },
} as const;

export type Board = keyof typeof boards;

/** The addresses of a machine's interfaces. */
export const macs = ["52:54:00:00:00:01", "52:54:00:00:00:02"] as const;

export interface MachineOptions {
  /** What it starts from, in place of the kernel in the folder. */
  readonly disk?: { readonly image: string; readonly format: string; readonly uefi?: boolean };
  /** The guest's, if it is not 10.0.0.2. */
  readonly address?: string;
  readonly commandLine?: string;
  /** Image files, as disks in that order. */
  readonly disks?: readonly string[];
  /** MiB. */
  readonly memory?: number;
  /** Its processor; by default one with a source of randomness. */
  readonly cpu?: string;
  /** Further arguments of QEMU. */
  readonly more?: readonly string[];
  /** The guest's port that shall be reached. */
  readonly port?: number;
  /** The networks are these TAP devices instead. */
  readonly taps?: { readonly namespace: string; readonly devices: readonly string[] };
}

/** A virtual machine whose guest network ends at this process: nothing gets out of it. */
export class Machine {
  private constructor(
    private readonly running: Running,
    private readonly monitor: string,
    /** Where the guest's port is on 127.0.0.1. */
    readonly port: number,
  ) {}

  /** Starts QEMU with the kernel in `folder`; it ends with the test. */
  static async start(board: Board, folder: string, options: MachineOptions = {}): Promise<Machine> {
    const { machine, suffix, more } = boards[board];
    const port = await freePort();
    const monitor = join(mkdtempSync(join(tmpdir(), "qemu-")), "monitor");
    const guest = `${options.address ?? "10.0.0.2"}:${options.port ?? 80}`;
    const forward = `hostfwd=tcp:127.0.0.1:${port}-${guest}`;
    const { taps } = options;
    const networks = taps?.devices.map(
      (device) => `tap,ifname=${device},script=no,downscript=no`,
    ) ?? [`user,net=10.0.0.0/24,host=10.0.0.1,restrict=on,${forward}`];
    const where = taps === undefined ? [] : ["ip", "netns", "exec", taps.namespace];
    const disks = (options.disks ?? []).flatMap((path, i) => [
      ...["-drive", `if=none,id=d${i},format=raw,file=${path}`],
      ...["-device", `virtio-blk-${suffix},drive=d${i}`],
    ]);
    const start = options.disk
      ? diskArguments(options.disk)
      : ["-kernel", kernelIn(folder), "-append", options.commandLine ?? ""];
    const [command = "", ...words] = [...where, "qemu-system-x86_64"];
    const running = new Running(
      command,
      [
        ...words,
        ...["-accel", "tcg", "-M", machine, "-m", `${options.memory ?? 64}M`, ...more],
        ...["-cpu", options.cpu ?? "qemu64,+rdrand"],
        ...["-nodefaults", "-display", "none", "-serial", "stdio"],
        ...["-device", "pvpanic", "-action", "panic=exit-failure"],
        ...["-monitor", `unix:${monitor},server=on,wait=off`],
        ...networks.flatMap((network, i) => [
          ...["-netdev", `${network},id=n${i}`],
          ...["-device", `virtio-net-${suffix},netdev=n${i},mac=${macs[i]}`],
        ]),
        ...start,
        ...disks,
        ...(options.more ?? ["-no-reboot"]),
      ],
      {},
    );
    onTestFinished(async () => {
      running.child.kill("SIGKILL");
      await running.finished;
    });
    return new Machine(running, monitor, port);
  }

  /** What the guest has printed. */
  get console(): string {
    return this.running.stdout.replaceAll("\r", "");
  }

  /** Waits until the guest prints it. */
  says(pattern: RegExp): Promise<RegExpExecArray> {
    return this.running.says(pattern);
  }

  /** Waits for the machine's end: 0 if the guest powered it off, 1 if it crashed. */
  async ends(): Promise<number> {
    const { code, stderr } = await this.running.finished;
    if (stderr !== "") throw new Error(stderr);
    return code;
  }

  /** Gives QEMU's monitor a command, such as `system_powerdown`, and waits until it is done. */
  async command(line: string): Promise<void> {
    const socket = connect(this.monitor);
    const prompt = () =>
      new Promise<void>((ready, fail) => {
        let text = "";
        socket.on("error", fail);
        socket.on("data", (data) => {
          text += data;
          if (text.endsWith("(qemu) ")) ready();
        });
      });
    await prompt();
    const done = prompt();
    socket.write(`${line}\n`);
    await done;
    socket.destroy();
  }

  get pid(): number {
    if (this.running.child.pid === undefined) throw new Error("QEMU did not start");
    return this.running.child.pid;
  }

  /** Fetches a path from the guest; waits while nobody answers. */
  async fetch(path: string): Promise<Response> {
    for (;;) {
      try {
        return await fetch(`http://127.0.0.1:${this.port}${path}`);
      } catch (error) {
        if (this.running.child.exitCode !== null) throw error;
        await new Promise((wake) => setTimeout(wake, 100));
      }
    }
  }
}

/** Where Debian's package `ovmf` has the firmware for UEFI, and what it starts from. */
const firmware = "/usr/share/OVMF/OVMF_CODE_4M.fd";
const firmwareVariables = "/usr/share/OVMF/OVMF_VARS_4M.fd";

function diskArguments({ image, format, uefi }: NonNullable<MachineOptions["disk"]>): string[] {
  const flash = (file: string, more: string) => [
    "-drive",
    `if=pflash,format=raw,${more},file=${file}`,
  ];
  return [
    ...["-drive", `if=none,id=boot,format=${format},file=${image}`],
    ...["-device", "virtio-blk-pci,drive=boot,bootindex=0"],
    ...(uefi
      ? [...flash(firmware, "readonly=on"), ...flash(firmwareVariables, "snapshot=on")]
      : []),
  ];
}

function kernelIn(folder: string): string {
  const kernel = readdirSync(folder).find((name) => name.endsWith(".xen"));
  if (kernel === undefined) throw new Error(`${folder}: no kernel`);
  return join(folder, kernel);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
