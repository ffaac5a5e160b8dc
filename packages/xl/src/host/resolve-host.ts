import { didYouMean, MirageError } from "@mirage/diagnostics";
import type { XlConfig } from "../config/config.js";
import { getNumber, getString, getStrings, setValue } from "../config/lookup.js";
import { parseVif, printVif, type Vif } from "../config/vif.js";
import type { XenHost } from "./host.js";
import type { HostInfo } from "./host-info.js";

/** The bridge that xl takes when none is named. */
const defaultBridge = "xenbr0";

/**
 * The config with the bridges that the host really has: interfaces without a bridge get the host's
 * only one, unless it has `xenbr0`. Interfaces that another script or domain looks after stay as
 * they are.
 * @throws MirageError `ERR_MIRAGE_XL_NO_BRIDGE`, `ERR_MIRAGE_XL_VIF`
 */
export function resolveBridges(config: XlConfig, host: XenHost, info: HostInfo): XlConfig {
  const texts = getStrings(config, "vif");
  const resolved = texts.map((text) => {
    const vif = parseVif(text);
    const bridge = bridgeOf(vif, host, info);
    return bridge === vif.bridge ? text : printVif({ ...vif, ...(bridge ? { bridge } : {}) });
  });
  return resolved.every((text, index) => text === texts[index])
    ? config
    : setValue(config, "vif", resolved);
}

function bridgeOf(vif: Vif, host: XenHost, info: HostInfo): string | undefined {
  if (vif.script !== undefined || vif.backend !== undefined) return vif.bridge;
  if (vif.bridge === undefined) {
    if (info.interfaces.includes(defaultBridge)) return undefined;
    const [only, ...others] = info.bridges;
    if (only !== undefined && others.length === 0) return only;
    throw noBridge(`no network interface of the guest names a bridge of ${host.name}`, info);
  }
  if (info.interfaces.includes(vif.bridge)) return vif.bridge;
  throw noBridge(
    `${host.name} has no bridge ${vif.bridge}`,
    info,
    didYouMean(vif.bridge, info.bridges),
  );
}

function noBridge(message: string, { bridges }: HostInfo, nearest?: string): MirageError {
  const advice = bridges.length
    ? `name one that it has with \`bridge=\` in \`vif\`: ${bridges.join(", ")}`
    : "it has none: make one with `mirage network up`";
  return new MirageError("ERR_MIRAGE_XL_NO_BRIDGE", message, {
    hint: nearest ? `did you mean ${nearest}? ${advice}` : advice,
  });
}

/**
 * Refuses a domain that the host cannot run.
 * @throws MirageError `ERR_MIRAGE_XL_NO_MEMORY`, `ERR_MIRAGE_XL_NO_PVH`
 */
export function checkResources(config: XlConfig, host: XenHost, info: HostInfo): void {
  const memory = getNumber(config, "memory") ?? 0;
  if (!info.balloons && memory > info.freeMemoryMb) {
    throw new MirageError(
      "ERR_MIRAGE_XL_NO_MEMORY",
      `the domain needs ${memory} MB, but ${host.name} has only ${info.freeMemoryMb} MB free`,
      { hint: "lower `memory`, or end other domains" },
    );
  }
  const type = getString(config, "type") ?? "pv";
  if (type !== "pv" && !info.runsPvh) {
    throw new MirageError(
      "ERR_MIRAGE_XL_NO_PVH",
      `${host.name} cannot run ${type.toUpperCase()} guests: its processor offers no virtualization`,
      { hint: "switch on VT-x or AMD-V in its firmware settings" },
    );
  }
}
