import { eventually } from "./process.js";
import type { Rig } from "./rig.js";

export interface GuestOptions {
  readonly name: string;
  readonly kernel: Buffer;
  /** In MiB. */
  readonly memory?: number;
  readonly arguments?: string;
  /** Without one, the guest has no network. */
  readonly mac?: string;
}

/** A PVH guest on a rig, started with `xl create`. */
export class Guest {
  readonly #rig: Rig;
  readonly name: string;

  static async create(rig: Rig, options: GuestOptions): Promise<Guest> {
    const { name, kernel, memory = 32, mac } = options;
    const path = `/guests/${name}`;
    const file = [
      `name = "${name}"`,
      'type = "pvh"',
      `kernel = "${path}.xen"`,
      `cmdline = "${options.arguments ?? ""}"`,
      `memory = ${memory}`,
      "vcpus = 1",
      // Xen's other processor is dom0's.
      'cpus = "1"',
      mac === undefined ? "" : `vif = [ "mac=${mac},bridge=xenbr0" ]`,
      'on_poweroff = "destroy"',
      'on_reboot = "destroy"',
      'on_crash = "preserve"',
    ];
    await rig.write(`${path}.xen`, kernel);
    await rig.write(`${path}.xl`, `${file.join("\n")}\n`);
    await rig.run(`xl create ${path}.xl`);
    return new Guest(rig, name);
  }

  private constructor(rig: Rig, name: string) {
    this.#rig = rig;
    this.name = name;
  }

  /**
   * The flags of `xl list`: "r" running, "b" blocked, "p" paused, "s" shut down, "c" crashed.
   * A paused guest may be blocked as well. Undefined if it is not there.
   */
  async state(): Promise<string | undefined> {
    const list = await this.#rig.run("xl list");
    const line = list.split("\n").find((line) => line.split(/ +/)[0] === this.name);
    return line?.split(/ +/)[4]?.replaceAll("-", "");
  }

  /** Waits until the flags of `xl list` are like `wanted`. */
  async reaches(wanted: RegExp): Promise<void> {
    await this.#eventually(`state ${wanted}`, (state) => state !== undefined && wanted.test(state));
  }

  /** Waits until `xl list` no longer shows it. */
  async isGone(): Promise<void> {
    await this.#eventually("end", (state) => state === undefined);
  }

  /** Waits until the guest's console says something. */
  says(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#rig.consoleSays(this.name, pattern);
  }

  /** Runs `xl COMMAND` on the guest. */
  xl(command: string): Promise<string> {
    return this.#rig.run(`xl ${command} ${this.name}`);
  }

  async #eventually(what: string, right: (state: string | undefined) => boolean): Promise<void> {
    let state: string | undefined;
    await eventually(`${what} of ${this.name}`, 60, async () => {
      state = await this.state();
      return right(state) || undefined;
    }).catch((error) => {
      throw new Error(`${error.message}; its state is "${state}"`);
    });
  }
}
