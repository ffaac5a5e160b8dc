import { mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { CpioArchive } from "../dom0/cpio.js";
import type { Dom0Image } from "../dom0/image.js";
import { Monitor } from "./monitor.js";
import { Background, eventually, type Outcome } from "./process.js";
import { type Machine, qemuCommand } from "./qemu.js";
import { makeKey, Ssh } from "./ssh.js";

/** dom0's address, on the bridge `xenbr0`; guests take others of 10.0.0.0/24, from .2 to .199. */
export const dom0Address = "10.0.0.1";

export interface RigOptions {
  /** Cpio archives, compressed, with more files for dom0. */
  readonly archives?: readonly string[];
  readonly machine?: Machine;
}

/** A machine with Xen, emulated by QEMU, and the way into its dom0. */
export class Rig {
  /** dom0's name in `sshConfig`. */
  readonly host = "dom0";
  readonly #folder: string;
  readonly #qemu: Background;
  #monitor: Monitor | undefined;
  #ssh: Ssh | undefined;

  /**
   * Boots, and returns when dom0's ssh server answers and `xl` works. Keeps its files in a new folder
   * below `parent`, until it is shut down; its logs, if it fails, below `logs`.
   */
  static async boot(
    image: Dom0Image,
    { parent, logs }: { parent: string; logs: string },
    options: RigOptions = {},
  ): Promise<Rig> {
    const rig = new Rig(image, mkdtempSync(join(parent, "rig-")), options);
    try {
      await rig.#connect();
      return rig;
    } catch (error) {
      try {
        const kept = await rig.keepLogs(logs);
        const tail = rig.serialLog().split("\n").slice(-20).join("\n");
        const reason = error instanceof Error ? error.message : error;
        throw new Error(`${reason}\n${tail}\n(logs: ${kept})`, { cause: error });
      } finally {
        await rig.shutDown();
      }
    }
  }

  private constructor(image: Dom0Image, folder: string, options: RigOptions) {
    this.#folder = folder;
    for (const name of ["xen", "vmlinux"])
      symlinkSync(join(image.folder, name), join(folder, name));
    const keys = new CpioArchive()
      .directory("root/.ssh", 0o700)
      .file("root/.ssh/authorized_keys", makeKey(folder), 0o600);
    // Linux unpacks archives that follow each other as if they were one.
    const archives = [
      readFileSync(join(image.folder, "dom0.cpio.gz")),
      ...(options.archives ?? []).map((path) => readFileSync(path)),
      gzipSync(keys.bytes()),
    ];
    writeFileSync(join(folder, "dom0.cpio.gz"), Buffer.concat(archives));
    writeFileSync(join(folder, "serial.log"), "");
    const { machine = { memory: 1024, dom0Memory: 512 } } = options;
    const [command, args] = qemuCommand(image.architecture, machine);
    this.#qemu = new Background(command, args, { cwd: folder });
  }

  async #connect(): Promise<void> {
    await this.#until("QEMU's monitor", 30, async () => {
      this.#monitor = await Monitor.connect(join(this.#folder, "qmp")).catch(() => undefined);
      return this.#monitor;
    });
    const port = await this.forward(dom0Address, 22);
    await this.#until("dom0", 600, () => /^dom0: ready/m.test(this.serialLog()) || undefined);
    this.#ssh = new Ssh(this.#folder, this.host, port);
    await this.#ssh.connect(this.host);
  }

  #until<T>(what: string, seconds: number, ask: () => Promise<T | undefined> | T | undefined) {
    return eventually(what, seconds, () => {
      if (!this.#qemu.running) throw new Error(`QEMU ended: ${this.#qemu.stderr}`);
      return ask();
    });
  }

  /** A file with which `ssh -F FILE dom0` gets there. */
  get sshConfig(): string {
    return this.#connected().config;
  }

  /** Runs a shell command in dom0. */
  exec(command: string, input?: Buffer | string): Promise<Outcome> {
    return this.#connected().exec(this.host, command, input);
  }

  /** Runs a shell command in dom0, which must succeed, and returns its output. */
  async run(command: string, input?: Buffer | string): Promise<string> {
    const { code, stdout, stderr } = await this.exec(command, input);
    if (code !== 0) throw new Error(`dom0: ${command}: exit code ${code}\n${stdout}${stderr}`);
    return stdout.toString();
  }

  /** Writes a file in dom0. */
  async write(path: string, content: Buffer | string): Promise<void> {
    await this.run(`cat >'${path}'`, content);
  }

  /** Reads a file of dom0. */
  async read(path: string): Promise<Buffer> {
    const { code, stdout, stderr } = await this.exec(`cat '${path}'`);
    if (code !== 0) throw new Error(stderr);
    return stdout;
  }

  /** Makes a port of a guest's, or of dom0's, reachable; returns the port on 127.0.0.1. */
  async forward(address: string, port: number): Promise<number> {
    if (this.#monitor === undefined) throw new Error("QEMU's monitor is not connected");
    const rule = `tcp:127.0.0.1:0-${address}:${port}`;
    const complaint = await this.#monitor.command(`hostfwd_add net ${rule}`);
    if (complaint !== "") throw new Error(complaint);
    const table = await this.#monitor.command("info usernet");
    // Protocol[State] FD Source-address Port Destination-address Port …
    const row = new RegExp(
      `TCP\\[HOST_FORWARD\\] +\\d+ +127\\.0\\.0\\.1 +(\\d+) +${address} +${port} `,
    );
    const [, hostPort] = row.exec(table) ?? [];
    if (hostPort === undefined) throw new Error(`no forwarding of ${rule} in:\n${table}`);
    return Number(hostPort);
  }

  /** All that a guest has written to its console, whether it still exists or not. */
  async guestConsole(name: string): Promise<string> {
    const log = await this.exec(`cat '/var/log/xen/console/guest-${name}.log'`);
    return log.stdout.toString().replaceAll("\r", "");
  }

  /** Waits until a guest's console says something. */
  async consoleSays(name: string, pattern: RegExp): Promise<RegExpExecArray> {
    let text = "";
    return eventually(`${pattern} on the console of ${name}`, 60, async () => {
      text = await this.guestConsole(name);
      return pattern.exec(text) ?? undefined;
    }).catch((error) => {
      throw new Error(`${error.message}; it says:\n${text}`);
    });
  }

  /** Waits until a guest answers ping. */
  async answersPing(address: string): Promise<void> {
    await eventually(`an answer of ${address} to ping`, 480, async () => {
      const { code } = await this.exec(`ping -c 1 -W 2 ${address}`);
      return code === 0 || undefined;
    });
  }

  /** What Xen and dom0 have written to the machine's serial line. */
  serialLog(): string {
    return readFileSync(join(this.#folder, "serial.log"), "utf8").replaceAll("\r", "");
  }

  /** Saves the logs from `shutDown`, below `parent`; returns where they are. */
  async keepLogs(parent: string): Promise<string> {
    const folder = mkdtempSync(join(parent, "mirage-rig-logs-"));
    await cp(join(this.#folder, "serial.log"), join(folder, "serial.log"));
    if (this.#ssh !== undefined && this.#qemu.running) {
      const { stdout } = await this.exec("cd /var/log/xen && tail -n +1 *.log console/*.log");
      writeFileSync(join(folder, "dom0.log"), stdout);
    }
    return folder;
  }

  /** Switches the machine off and leaves nothing behind. */
  async shutDown(): Promise<void> {
    await this.#ssh?.close();
    this.#monitor?.close();
    await this.#qemu.end();
    await rm(this.#folder, { recursive: true, force: true });
  }

  #connected(): Ssh {
    if (this.#ssh === undefined) throw new Error("dom0 is not up yet");
    return this.#ssh;
  }
}
