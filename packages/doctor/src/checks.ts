import { constants } from "node:fs/promises";
import { MirageError } from "@mirage/diagnostics";
import type { Check, Finding, Fix, State } from "./finding.js";
import { findProgram, freeBytes, isAtLeast, may, output } from "./look.js";

export interface ProgramCheck {
  readonly name: string;
  readonly program: string;
  /** What it is needed for. */
  readonly use: string;
  /** Packages of the distribution that bring it. */
  readonly packages: readonly string[];
  /** Arguments that make it print its version. */
  readonly version?: readonly string[];
  readonly minimum?: string;
  readonly state?: Exclude<State, "ok">;
}

/** That a program is installed, and new enough. */
export function programCheck(about: ProgramCheck): Check {
  const { name, program, use, packages, minimum, state = "missing" } = about;
  return {
    name,
    async examine() {
      const path = await findProgram(program);
      if (path === undefined) {
        return { state, detail: `not installed; needed ${use}`, ...(await install(packages)) };
      }
      if (about.version === undefined) return { state: "ok", detail: path };
      const version = /\d+(\.\d+)+/.exec((await output(path, about.version)) ?? "")?.[0];
      if (version === undefined) {
        return { state, detail: `${path} does not run`, ...(await install(packages, "reinstall")) };
      }
      if (minimum === undefined || isAtLeast(version, minimum))
        return { state: "ok", detail: version };
      return {
        state,
        detail: `${version} is too old; needed is ${minimum}`,
        advice: `bring a newer one, such as from backports or ${name}'s own site`,
      };
    },
  };
}

/** That packages of the distribution are installed. */
export function packagesCheck(
  name: string,
  packages: readonly string[],
  use: string,
  state: Exclude<State, "ok"> = "missing",
): Check {
  return {
    name,
    async examine() {
      const dpkg = await findProgram("dpkg-query");
      if (dpkg === undefined) {
        return { state, detail: `cannot be looked for without dpkg; needed ${use}` };
      }
      const missing: string[] = [];
      for (const pkg of packages) {
        // biome-ignore lint/suspicious/noTemplateCurlyInString: a format of dpkg-query
        const status = await output(dpkg, ["-W", "-f", "${db:Status-Status}", pkg]);
        if (status !== "installed") missing.push(pkg);
      }
      if (missing.length === 0) return { state: "ok", detail: packages.join(" ") };
      const detail = `${missing.join(" ")} not installed; needed ${use}`;
      return { state, detail, ...(await install(missing)) };
    },
  };
}

/** How the distribution's packages get there, if this is one that apt serves. */
async function install(
  names: readonly string[],
  how: "install" | "reinstall" = "install",
): Promise<Pick<Finding, "fix" | "advice">> {
  if ((await findProgram("apt-get")) === undefined) {
    return { advice: `install what your distribution has for Debian's ${names.join(", ")}` };
  }
  if (how === "install") return { fix: { kind: "packages", names } };
  const words = ["apt-get", "install", "-y", "--reinstall", ...names];
  return { fix: { kind: "command", words, asRoot: true } };
}

/** That mirage can be run at all, by this Node.js. */
export function nodeCheck(minimum: string): Check {
  return {
    name: "Node.js",
    async examine() {
      const { node } = process.versions;
      if (isAtLeast(node, minimum)) return { state: "ok", detail: node };
      const detail = `${node} is too old; needed is ${minimum}`;
      return { state: "missing", detail, advice: "install a newer Node.js" };
    },
  };
}

/** That there is a distribution from which OCaml and its libraries come. */
export const distributionCheck: Check = {
  name: "distribution",
  async examine() {
    for (const program of ["apt-get", "apt-cache", "dpkg-query"]) {
      if ((await findProgram(program)) !== undefined) continue;
      return {
        state: "missing",
        detail: `there is no ${program}: this is not Debian, nor one that comes from it`,
        advice: "use an opam switch of your own: mirage configure --switch NAME",
      };
    }
    return { state: "ok", detail: "apt serves it" };
  },
};

/** That there is room in a folder that mirage writes to, and that it may. */
export function roomCheck(name: string, folder: string, megabytes: number): Check {
  return {
    name,
    async examine() {
      const free = Math.floor((await freeBytes(folder)) / 1024 / 1024);
      if (!(await mayMake(folder))) {
        const detail = `this user may not write to ${folder}`;
        return { state: "missing", detail, advice: "set XDG_DATA_HOME to another folder" };
      }
      if (free >= megabytes) return { state: "ok", detail: `${free} MB free in ${folder}` };
      const detail = `${free} MB free in ${folder}; a first build takes ${megabytes}`;
      return {
        state: "missing",
        detail,
        advice: "free some, or set XDG_DATA_HOME to another disk",
      };
    },
  };
}

/** Whether a folder can be written to, or else be made. */
async function mayMake(folder: string): Promise<boolean> {
  if (await may(folder, constants.W_OK | constants.X_OK)) return true;
  if (await may(folder, constants.F_OK)) return false;
  const above = folder.slice(0, folder.lastIndexOf("/")) || "/";
  return mayMake(above);
}

const tun = "/dev/net/tun";

/** That TAP devices can be opened, before the question who may make them. */
export const tunCheck: Check = {
  name: "TAP devices",
  async examine() {
    if (await may(tun, constants.R_OK | constants.W_OK)) {
      return { state: "ok", detail: `${tun} can be opened` };
    }
    if (await may(tun, constants.F_OK)) {
      const words = ["chmod", "666", tun]; // as udev has it; who may make devices is asked elsewhere
      const detail = `this user may not open ${tun}`;
      return { state: "missing", detail, fix: { kind: "command", words, asRoot: true } };
    }
    const detail = `there is no ${tun}: the kernel's module tun is not loaded, or this is a container without it`;
    const words = ["modprobe", "tun"];
    return { state: "missing", detail, fix: { kind: "command", words, asRoot: true } };
  },
};

/** Checks that a call does not throw. The error's hint is the advice, unless a command fixes it. */
export function callCheck(
  name: string,
  call: () => Promise<string> | string,
  {
    state = "missing",
    fix,
  }: { readonly state?: Exclude<State, "ok">; readonly fix?: () => Fix | undefined } = {},
): Check {
  return {
    name,
    async examine() {
      try {
        return { state: "ok", detail: await call() };
      } catch (error) {
        if (!(error instanceof MirageError)) throw error;
        const command = fix?.();
        if (command) return { state, detail: error.message, fix: command };
        const advice = error.hint === undefined ? {} : { advice: error.hint };
        return { state, detail: error.message, ...advice };
      }
    },
  };
}
