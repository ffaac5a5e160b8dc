import { copyFile, mkdir, readdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Bundled, even when this module runs from its source. */
const pageFolder = fileURLToPath(new URL("../dist/page/", import.meta.url));

export interface PageOptions {
  /** What the page calls the unikernel. */
  readonly name: string;
  /** Path of the module that `mirage build` has made. */
  readonly module: string;
  /** The addresses of its network device `net`; the page itself has the gateway's. */
  readonly network?: {
    readonly address: string;
    readonly netmask: string;
    readonly gateway: string;
  };
  /** Where its web server listens, if it has one. */
  readonly httpPort?: number;
}

/**
 * Writes the page into a folder, which is made if it is not there: static files that any web server can
 * serve by https, or on localhost.
 */
export async function writePage(folder: string, options: PageOptions): Promise<void> {
  const { name, network, httpPort } = options;
  const module = basename(options.module);
  await mkdir(folder, { recursive: true });
  for (const file of await readdir(pageFolder))
    await copyFile(join(pageFolder, file), join(folder, file));
  await copyFile(options.module, join(folder, module));
  const configuration = { name, module: `./${module}`, network, httpPort };
  await writeFile(join(folder, "unikernel.json"), `${JSON.stringify(configuration, null, 2)}\n`);
  await writeFile(
    join(folder, "package.json"),
    `${JSON.stringify(manifest(name, module), null, 2)}\n`,
  );
  await writeFile(join(folder, module.replace(/\.js$/, ".d.ts")), types);
}

/** So that the folder is an npm package, too. */
function manifest(name: string, module: string) {
  return {
    name,
    version: "0.0.0",
    private: true,
    type: "module",
    exports: { ".": { types: `./${module.replace(/\.js$/, ".d.ts")}`, default: `./${module}` } },
  };
}

const types = `/** Takes an Ethernet frame by postMessage, and gives one by onmessage: a MessagePort, a BroadcastChannel. */
export interface FramePort {
  postMessage(frame: Uint8Array): void;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  close?(): void;
}

export interface StartOptions {
  /** What its network device \`net\` is. */
  network?: FramePort | MessagePort | { port: FramePort | MessagePort; mac?: string };
  /** Further network devices, by their names. */
  networks?: Record<string, NonNullable<StartOptions["network"]>>;
  /** Memory for its block devices, by their paths. */
  disks?: Record<string, Uint8Array>;
  /** Gets what it prints; default: console.log. */
  print?(text: string, stream: "stdout" | "stderr"): void;
  /** Gets its news: "address 10.0.0.2", "listen tcp 80", "ready". */
  onStatus?(line: string): void;
  /** Its command line. */
  args?: readonly string[];
  /** Its environment. */
  env?: Readonly<Record<string, string | undefined>>;
}

export interface Unikernel {
  /** Its exit code, when it has ended. */
  readonly exited: Promise<number>;
  /** Asks it to end. */
  stop(): Promise<number>;
}

/** Starts the unikernel; it may run several times in one page or process. */
export function start(options?: StartOptions): Unikernel;

/** Runs it as the program of this process of Node.js: output, signals, exit code. */
export function main(options?: StartOptions): Promise<void>;
`;
