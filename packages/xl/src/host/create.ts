import { stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { fromSystemError, MirageError } from "@mirage/diagnostics";
import { checkXlConfig } from "../config/check.js";
import type { XlConfig } from "../config/config.js";
import { getNumber, getString, setValue } from "../config/lookup.js";
import { printXlConfig } from "../config/print.js";
import { destroyDomain, unpauseDomain } from "./control.js";
import type { XenHost } from "./host.js";
import { hostInfo } from "./host-info.js";
import { resolveDisks } from "./resolve-disks.js";
import { checkResources, resolveBridges } from "./resolve-host.js";
import { interrupted, runScript } from "./run.js";

export interface CreateRequest {
  readonly config: XlConfig;
  /** Where relative paths of `kernel`, `ramdisk` and `disk` start; by default the current folder. */
  readonly directory?: string;
  /** Leave it paused: `unpauseDomain` lets it start. */
  readonly paused?: boolean;
}

export interface CreateOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds for all of it, copying included; 120,000 unless said otherwise. */
  readonly timeoutMs?: number;
  readonly onProgress?: (text: string) => void;
}

/** A domain that was created. */
export interface CreatedDomain {
  readonly id: number;
  readonly name: string;
  /**
   * Removes the copy of the kernel on a remote host. It stays for as long as xl might start the
   * domain again from it; call this when the domain has ended.
   */
  cleanUp(): Promise<void>;
}

/** A file of this machine that a guest boots from. */
export interface BootFile {
  readonly key: "kernel" | "ramdisk";
  readonly path: string;
}

/**
 * Creates a domain, on a remote host after copying its kernel there, and starts it. When that
 * fails, or is interrupted, nothing stays behind.
 * @throws MirageError `ERR_MIRAGE_XL_CONFIG` with details, `ERR_MIRAGE_XL_*`
 */
export async function createDomain(
  host: XenHost,
  request: CreateRequest,
  options: CreateOptions = {},
): Promise<CreatedDomain> {
  const config = await prepare(host, request, options);
  return create(host, request, config, options);
}

/** The config that will be used: checked, and with the disks and bridges that the host really has. */
export async function prepare(
  host: XenHost,
  request: CreateRequest,
  options: CreateOptions,
): Promise<XlConfig> {
  checkConfig(request.config);
  await Promise.all(bootFiles(request).map(checkBootFile));
  const config = await resolveDisks(request.config, host, request.directory ?? ".");
  const info = await hostInfo(host, options);
  checkResources(config, host, info);
  return withProcessor(resolveBridges(config, host, info));
}

/**
 * With `vcpus`, whose default is 1: without it, xl 4.17 reckons the memory for page tables for none,
 * and a domain of 16 MB gets too little.
 */
function withProcessor(config: XlConfig): XlConfig {
  const isGiven = getNumber(config, "vcpus") !== undefined;
  return isGiven || getNumber(config, "maxvcpus") !== undefined
    ? config
    : setValue(config, "vcpus", 1);
}

/** The files that the guest boots from, with absolute paths. */
export function bootFiles({ config, directory = "." }: CreateRequest): BootFile[] {
  return (["kernel", "ramdisk"] as const).flatMap((key) => {
    const path = getString(config, key);
    return path === undefined ? [] : [{ key, path: resolve(directory, path) }];
  });
}

/** Creates a domain from a prepared config. */
export async function create(
  host: XenHost,
  request: CreateRequest,
  prepared: XlConfig,
  options: CreateOptions,
): Promise<CreatedDomain> {
  const name = getString(prepared, "name") ?? "";
  const folder = await makeFolder(host, options);
  const removeFolder = () => removeRemotely(host, folder);
  let id: number;
  let config = prepared;
  try {
    for (const { key, path } of bootFiles(request)) {
      config = setValue(config, key, await bring(host, folder, { key, path }, options));
    }
    const file = `${folder}/${name.replaceAll("/", "_")}.cfg`;
    await runScript(host, "write the configuration", 'cat > "$1"', [file], {
      ...callOptions(options),
      input: printXlConfig(config),
    });
    options.onProgress?.(`creating ${name}`);
    id = await createPaused(host, file, name, options);
    await start(host, id, request, options);
  } catch (error) {
    await removeFolder().catch(() => {});
    throw error;
  }
  const isKept =
    (host.isRemote && mayStartAgain(config)) ||
    (await removeFolder().then(
      () => false,
      () => true,
    ));
  return { id, name, cleanUp: isKept ? removeFolder : async () => {} };
}

/** Lets the domain run, or destroys it. */
async function start(
  host: XenHost,
  id: number,
  request: CreateRequest,
  options: CreateOptions,
): Promise<void> {
  try {
    if (options.signal?.aborted) throw interrupted(host);
    if (!request.paused) await unpauseDomain(host, id, callOptions(options));
  } catch (error) {
    await destroyDomain(host, id).catch(() => {});
    throw error;
  }
}

function checkConfig(config: XlConfig): void {
  const details = checkXlConfig(config).filter(({ severity }) => severity === "error");
  if (details.length === 0) return;
  throw new MirageError("ERR_MIRAGE_XL_CONFIG", "the domain's configuration has errors", {
    details,
  });
}

async function checkBootFile({ key, path }: BootFile): Promise<void> {
  try {
    if ((await stat(path)).isFile()) return;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw fromSystemError(error);
    throw new MirageError("ERR_MIRAGE_XL_NO_KERNEL", `the ${key} ${path} does not exist`, {
      hint: "build it, or correct its path",
    });
  }
  throw new MirageError("ERR_MIRAGE_XL_NO_KERNEL", `the ${key} ${path} is not a file`, {
    hint: "name the file to boot",
  });
}

async function makeFolder(host: XenHost, options: CreateOptions): Promise<string> {
  const script = "umask 077; mktemp -d -t mirage-xl.XXXXXXXX";
  const folder = await runScript(host, "make a temporary folder", script, [], callOptions(options));
  return folder.trimEnd();
}

/** Only ever removes a folder that `makeFolder` made; an interruption does not keep it from that. */
async function removeRemotely(host: XenHost, folder: string): Promise<void> {
  await runScript(host, "remove the temporary folder", 'rm -rf -- "$1"', [folder]);
}

/** Where the host finds a file of this machine: there too, or in the folder. */
async function bring(
  host: XenHost,
  folder: string,
  { key, path }: BootFile,
  options: CreateOptions,
): Promise<string> {
  if (!host.isRemote) return path;
  options.onProgress?.(`copying ${basename(path)} to ${host.name}`);
  const copy = `${folder}/${key}`;
  await runScript(host, `copy ${path}`, 'cat > "$1"', [copy], {
    ...callOptions(options),
    input: { file: path },
  });
  return copy;
}

/**
 * Creates it paused, so that it has a number however soon it ends. An interruption waits until xl
 * is done: to end it half way would leave half a domain behind.
 */
async function createPaused(
  host: XenHost,
  file: string,
  name: string,
  { timeoutMs }: CreateOptions,
): Promise<number> {
  const script = 'xl create -p "$1" >&2 && exec xl domid -- "$2"';
  const output = await runScript(host, `create the domain ${name}`, script, [file, name], {
    timeoutMs: timeoutMs ?? 120_000,
  });
  return Number(output.trim());
}

/** Whether xl starts the domain again, for one of the reasons for which it may end. */
function mayStartAgain(config: XlConfig): boolean {
  const actions = [
    getString(config, "on_poweroff") ?? "destroy",
    getString(config, "on_reboot") ?? "restart",
    getString(config, "on_watchdog") ?? "destroy",
    getString(config, "on_crash") ?? "destroy",
  ];
  return actions.some((action) => action.includes("restart"));
}

function callOptions({ signal, timeoutMs = 120_000 }: CreateOptions) {
  return { timeoutMs, ...(signal ? { signal } : {}) };
}
