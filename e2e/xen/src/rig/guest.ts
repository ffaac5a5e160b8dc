import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  getString,
  getStrings,
  parseDisk,
  printXlValue,
  readXlConfig,
  toXlValue,
  type XlInput,
} from "@mirage/xl";
import { eventually } from "./process.js";
import type { Rig } from "./rig.js";

type Changes = Readonly<Record<string, XlInput>>;

/** A domain on a rig, or what is there to start one. */
export class Guest {
  readonly #rig: Rig;
  readonly name: string;
  /** Where its files are in dom0. */
  readonly folder: string;
  readonly #file: string;

  /**
   * Takes what `mirage build` left in `application` to dom0, and starts it there by the xl file that
   * `mirage configure` wrote, with `changes` as `xl create` takes them behind the file's name.
   */
  static async create(rig: Rig, application: string, changes: Changes = {}): Promise<Guest> {
    const name = changes.name === undefined ? undefined : String(changes.name);
    const guest = await Guest.bring(rig, application, name);
    await rig.run(guest.createCommand(changes));
    return guest;
  }

  /** What `create` does, but does not start it. */
  static async bring(rig: Rig, application: string, name?: string): Promise<Guest> {
    const file = readdirSync(application).find((name) => name.endsWith(".xl")) ?? "";
    const config = await readXlConfig(join(application, file));
    const boot = ["kernel", "ramdisk"].flatMap((key) => getString(config, key) ?? []);
    const disks = getStrings(config, "disk")?.map((disk) => parseDisk(disk).target ?? "") ?? [];
    const guest = new Guest(rig, name ?? getString(config, "name") ?? "", file);
    await rig.run(`mkdir -p '${guest.folder}'`);
    for (const path of [file, ...boot, ...disks]) {
      await rig.write(`${guest.folder}/${path}`, readFileSync(join(application, path)));
    }
    return guest;
  }

  private constructor(rig: Rig, name: string, file: string) {
    this.#rig = rig;
    this.name = name;
    this.folder = `/guests/${name}`;
    this.#file = file;
  }

  /** The shell command that starts it. */
  createCommand(changes: Changes = {}): string {
    // Xen's other processor is dom0's.
    const words = Object.entries({ name: this.name, cpus: "1", ...changes }).map(
      ([key, value]) => `'${key}=${printXlValue(toXlValue(value))}'`,
    );
    return `cd '${this.folder}' && xl create ${this.#file} ${words.join(" ")}`;
  }

  /**
   * The flags of `xl list`: "r" running, "b" blocked, "p" paused, "s" shut down, "c" crashed.
   * A paused guest may be blocked as well. Undefined if it is not there.
   */
  async state(): Promise<string | undefined> {
    return (await this.#listed())?.[4]?.replaceAll("-", "");
  }

  /** The processor time that it has used, in seconds, as `xl list` says. */
  async processorTime(): Promise<number> {
    return Number((await this.#listed())?.[5]);
  }

  /** The processor time, in seconds, that it uses in a minute, from when it is blocked. */
  async minute(): Promise<number> {
    await this.reaches(/^b$/);
    const before = await this.processorTime();
    await new Promise((wake) => setTimeout(wake, 60_000));
    return (await this.processorTime()) - before;
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

  /** Name, number, memory, processors, flags and time. */
  async #listed(): Promise<string[] | undefined> {
    const list = await this.#rig.run("xl list");
    const rows = list.split("\n").map((line) => line.split(/ +/));
    return rows.find(([name]) => name === this.name);
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
