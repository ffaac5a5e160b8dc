import { printDisk, printVif, printXlValue, toXlValue, type XlInput } from "@mirage/xl/config";
import { header } from "./header.js";
import { networksOf } from "./networks.js";
import type { Program } from "./program.js";
import { programName } from "./program-name.js";

/** MiB; a web site of a few files needs 12. */
const defaultMemory = 64;

/**
 * The file that `xl create` takes: what the program needs, and then the `xl-*` lines of the
 * configuration, which replace ours of the same key. Paths start at the application's folder:
 * `mirage run` makes them absolute, and xl itself is to be called there. xl.cfg(5).
 */
export function xlFile(program: Program): string {
  const { configuration } = program;
  const own: Record<string, XlInput> = {
    name: configuration.name.value,
    type: "pvh",
    kernel: programName(configuration, program.target),
    memory: defaultMemory,
    vcpus: 1,
    vif: interfaces(program).map((bridge) => printVif(bridge === undefined ? {} : { bridge })),
    disk: disks(program),
    on_crash: "preserve",
  };
  const given = new Set(configuration.xl.map(({ key }) => key));
  const lines = Object.entries(own)
    .filter(([key, value]) => !given.has(key) && !(Array.isArray(value) && value.length === 0))
    .map(([key, value]) => `${key} = ${printXlValue(toXlValue(value))}`);
  const theirs = configuration.xl.map(({ key, text }) => `${key} = ${text}`);
  return `# ${header(program)}\n\n${[...lines, ...theirs].join("\n")}\n`;
}

/**
 * The bridges of the interfaces in the order in which the kernel counts them: `net` comes first.
 * Without one it is the host's: `mirage run` looks for it, and xl takes xenbr0.
 */
function interfaces(program: Program): (string | undefined)[] {
  const devices = networksOf(program);
  const others = devices.filter(({ device }) => device !== "net");
  const net = devices.length > others.length ? [undefined] : [];
  return [...net, ...others.map(({ tap }) => tap)];
}

/** The disks in the order in which the kernel counts them: that of their connection. */
function disks({ configuration, devices }: Program): string[] {
  return devices
    .filter(({ kind }) => kind === "block")
    .map(({ name }, index) => {
      const declared = configuration.blocks.find((block) => block.name === name);
      const target = declared?.path.value ?? "";
      return printDisk({ target, format: "raw", vdev: `xvd${String.fromCharCode(97 + index)}` });
    });
}
