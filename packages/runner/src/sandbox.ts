import { readFileSync } from "node:fs";
import type { LocalSpec } from "./options.js";

/**
 * What keeps a unikernel from the rest of the machine. `strict`: it has its devices, and nothing else.
 * `unix`: no privileges and nobody else's processes, but files and programs of the host. `none`: it is
 * a program like others, with the whole environment.
 */
export type Sandbox = "strict" | "unix" | "none";

/** Bits of capabilities(7). */
const bindService = 10n;
const setPcap = 8n;

/** What of the caller's environment has a meaning for a unikernel. */
const variables: Readonly<Record<Exclude<Sandbox, "none">, readonly string[]>> = {
  strict: [
    "CAMLRUNPARAM",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "MIRAGE_PEER_MEMORY",
    "OCAMLRUNPARAM",
    "TZ",
  ],
  unix: ["HOME", "LOGNAME", "PATH", "SHELL", "TMPDIR", "USER"],
};

/** The environment of the unikernel, but for what is told to it. */
export function environmentFor(sandbox: Sandbox): NodeJS.ProcessEnv {
  if (sandbox === "none") return process.env;
  const names = [...variables.strict, ...(sandbox === "unix" ? variables.unix : [])];
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}

type Place = Pick<LocalSpec, "mode" | "ports" | "sandbox">;

/**
 * The word for the runtime, which enters the sandbox once its devices are connected: `MIRAGE_SANDBOX`.
 * Empty for none, as on systems other than Linux. Root may listen on ports below 1024, if the unikernel is known to, or not known not to.
 */
export function profileOf(
  { mode, ports, sandbox }: Place,
  platform: NodeJS.Platform = process.platform,
): string {
  if (sandbox === "none" || platform !== "linux") return "";
  if (sandbox === "unix") return "unix";
  if (mode === "direct") return "direct";
  const mayNeedLowPorts = ports.length === 0 || ports.some((port) => port < 1024);
  return mayNeedLowPorts && has(bindService) ? "low-ports" : "socket";
}

/**
 * What setpriv(1) takes away before the program runs, whatever that is: privileges, and the way to get
 * any by running another program.
 */
export function setprivOptions(place: Place): string[] {
  const profile = profileOf(place);
  if (profile === "") return [];
  const kept = profile === "low-ports" ? ",+net_bind_service" : "";
  return [
    "--no-new-privs",
    "--inh-caps=-all",
    "--ambient-caps=-all",
    // Who may not do that has none of them.
    ...(has(setPcap) ? [`--bounding-set=-all${kept}`] : []),
  ];
}

function has(capability: bigint): boolean {
  try {
    const status = readFileSync("/proc/self/status", "utf8");
    const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? "0";
    return ((BigInt(`0x${effective}`) >> capability) & 1n) === 1n;
  } catch {
    return false;
  }
}
