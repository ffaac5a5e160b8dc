import { existsSync } from "node:fs";
import { relative, resolve } from "node:path";
import { builtKernel, configuredFolder } from "@mirage/application";
import { MirageError } from "@mirage/diagnostics";
import {
  composeDisk,
  type Disk,
  type DiskFormat,
  diskFormats,
  formatSize,
  parseSize,
  writeDisk,
} from "@mirage/disk-image";
import { interruptible } from "@mirage/plan";
import { perform } from "../terminal/perform.js";
import { print, say } from "../terminal/terminal.js";

interface ImageOptions {
  readonly output?: string;
  readonly format?: DiskFormat;
  readonly size?: string;
  readonly append?: string;
  readonly force?: true;
  readonly json?: true;
  readonly dryRun?: true;
}

/** `mirage image`: writes a disk from which a BIOS and UEFI boot the built kernel. */
export async function image(file: string | undefined, options: ImageOptions): Promise<void> {
  const { format = "raw" } = options;
  const size = options.size === undefined ? undefined : parseSize(options.size);
  const application = await configuredFolder(file);
  const { name } = application;
  const kernel = builtKernel(application);
  const output = resolve(options.output ?? kernel.replace(/(\.xen)?$/, diskFormats[format].suffix));
  const shown = relative(process.cwd(), output);
  if (!options.force && existsSync(output)) {
    throw new MirageError("ERR_MIRAGE_DISK_EXISTS", `${shown} exists already`, {
      hint: "--force replaces it, --output names another file",
    });
  }
  const disk = await interruptible((signal) =>
    composeDisk({
      kernel,
      format,
      commandLine: options.append?.split(/\s+/).filter((word) => word !== "") ?? [],
      ...(size === undefined ? {} : { size }),
      signal,
    }),
  );
  const write = {
    kind: "step",
    title: `write ${shown}`,
    detail: describe(disk, name),
    perform: ({ signal }: { signal: AbortSignal }) =>
      writeDisk(disk, output, { replace: options.force === true, signal }),
  } as const;
  const report = JSON.stringify(
    // Where its content is in the file is known of a raw disk only.
    { image: output, format, kernel, size: disk.size, ranges: format === "raw" ? disk.ranges : [] },
    undefined,
    2,
  );
  if (options.json && options.dryRun) {
    print(report);
    return;
  }
  await perform([write], options);
  if (options.json) print(report);
  else if (!options.dryRun) say(`${shown} is ready: ${describe(disk, name)}`);
}

function describe({ size, ranges }: Disk, name: string): string {
  const taken = ranges.reduce((sum, { length }) => sum + length, 0);
  const mebibytes = (taken / 1024 ** 2).toFixed(1);
  return `a disk of ${formatSize(size)} that boots ${name}, ${mebibytes}M of it not zero`;
}
