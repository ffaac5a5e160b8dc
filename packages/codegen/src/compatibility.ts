import type { Configuration, Written } from "@mirage/conf";
import type { Diagnostic } from "@mirage/diagnostics";
import { usesLwtSyntax } from "./compat-2013.js";

/** Libraries of 2013 by what has their modules now; `undefined` for what every program has anyway. */
const libraryNow: ReadonlyMap<string, string | undefined> = new Map([
  ["mirage", undefined],
  ["mirage-types", "mirage-types-v1"],
  ["mirage-types.lwt", "mirage-types-v1.lwt"],
  ["mirage-net", "mirage-runtime-net"],
  ["tcpip", "mirage-runtime-net"],
  ["mirage-http", "mirage-runtime-http"],
  ["cohttp.mirage", "mirage-runtime-http"],
  ["cohttp.lwt", "cohttp-lwt"],
  ["mirage-fs", "mirage-runtime-crunch"],
  ["crunch", "mirage-runtime-crunch"],
  ["fat-filesystem", "mirage-runtime-fat"],
]);

/** Libraries whose parts of then, `LIBRARY.PART`, are in the same library now; those of tcpip 1.1 and 2.0. */
const families: ReadonlyMap<string, RegExp> = new Map([
  [
    "tcpip",
    /^(ethif|ipv4|udpv4|tcpv4|udp|tcp|channel|dhcpv4|stack-direct|(ethif|ipv4|udpv4|tcpv4|stack)-unix|(udpv4|tcpv4|stack)-socket|xen)$/,
  ],
  ["mirage-net", /^(direct|socket)$/],
  ["fat-filesystem", /^\w+$/],
]);

/** Names of 2013 and 2014 that a library of then may be meant by. */
export function librariesOfThen(): string[] {
  const parts = ["ethif", "ipv4", "udpv4", "tcpv4", "channel", "dhcpv4"];
  const stacks = ["stack-direct", "stack-socket", "stack-unix"];
  return [...libraryNow.keys(), ...[...parts, ...stacks].map((part) => `tcpip.${part}`)];
}

/** The devices of a runtime, which every program has: Block, Clock, Console, Entropy, Io_page, Netif. */
const devices =
  /^(xenblock|xen-block-driver|mirage-(unix|xen|block|clock|console|entropy|random)|io-page|xen-(evtchn|gnt)|xenstore|vchan)([.-].*)?$/;

/** Libraries whose modules nothing has now, and what does their work. */
const answers: ReadonlyMap<string, string> = new Map([
  [
    "dns",
    "today's library of that name has another interface: `packages: dns-client` looks names up over a stack of your own making",
  ],
  ["xenctrl", "a kernel cannot manage Xen; `mirage run` does"],
  ["nettle", "use `mirage-crypto`"],
  ["cryptokit", "use `mirage-crypto`"],
  ["openflow", "copy its sources into the application: no release since 2013 compiles"],
]);

/** The same for opam packages. */
const packageNow: ReadonlyMap<string, string | undefined> = new Map([
  ["mirage", undefined],
  ["mirage-unix", undefined],
  ["mirage-types", "mirage-types-v1"],
  ["mirage-net", "mirage-runtime-net"],
  ["tcpip", "mirage-runtime-net"],
  ["mirage-http", "mirage-runtime-http"],
  ["mirage-fs", "mirage-runtime-crunch"],
  ["crunch", "mirage-runtime-crunch"],
  ["fat-filesystem", "mirage-runtime-fat"],
]);

/** `depends` with the names of today. */
export function currentLibraries(configuration: Configuration): string[] {
  return configuration.depends
    .map(({ value }) => currentLibrary(value))
    .filter((library) => library !== undefined);
}

/** A library by its name of today; nothing for what every program has, or none can have any more. */
export function currentLibrary(library: string): string | undefined {
  if (isSyntax(library) || devices.test(library)) return undefined;
  const name = isPart(library) ? library.slice(0, library.indexOf(".")) : library;
  return libraryNow.has(name) ? libraryNow.get(name) : library;
}

function isPart(library: string): boolean {
  const [, family = "", part = ""] = /^([^.]*)\.(.*)$/.exec(library) ?? [];
  return families.get(family)?.test(part) === true;
}

/** The runtimes' packages that the libraries of `depends` are in. */
export function packagesOfLibraries(configuration: Configuration): string[] {
  return currentLibraries(configuration)
    .filter((library) => /^mirage-(runtime-|types-v1)/.test(library))
    .map((library) => library.replace(/\..*$/, ""));
}

/** `packages` with the names of today; a constraint on an old package says nothing about the new. */
export function currentPackages(configuration: Configuration): string[] {
  return configuration.packages
    .map(({ value }) => {
      const name = value.replace(/[.<>=!].*$/, "");
      if (packageNow.has(name)) return packageNow.get(name);
      return devices.test(name) ? undefined : value;
    })
    .filter((name) => name !== undefined);
}

/** Warnings about what the configuration asks for and cannot get any more. */
export function compatibilityWarnings(configuration: Configuration): Diagnostic[] {
  const rewriters = configuration.preprocess.map(({ value }) => value);
  return configuration.depends.flatMap((library) => {
    if (library.value === "lwt.syntax" && usesLwtSyntax(configuration)) return [];
    if (isSyntax(library.value)) return [syntaxWarning(library)];
    if (isRewriter(library.value) && !rewriters.includes(library.value)) {
      return [rewriterWarning(library)];
    }
    const answer = answers.get(library.value.replace(/\..*$/, ""));
    return answer === undefined ? [] : [goneWarning(library, answer)];
  });
}

/** Libraries of that name were camlp4 syntax extensions. */
function isSyntax(library: string): boolean {
  return library.endsWith(".syntax");
}

function syntaxWarning({ value, span }: Written<string>): Diagnostic {
  return {
    code: "ERR_MIRAGE_CAMLP4",
    severity: "warning",
    message: `\`${value}\` is a camlp4 syntax extension, which OCaml no longer has; it is left out`,
    hint: syntaxHint(value),
    span,
  };
}

/** By its name; what a rewriter's output needs is a part of it, such as `ppx_sexp_conv.runtime-lib`. */
function isRewriter(library: string): boolean {
  return /^ppx_\w+$|^\w+_ppx$/.test(library);
}

function rewriterWarning({ value, span }: Written<string>): Diagnostic {
  return {
    code: "ERR_MIRAGE_REWRITER",
    severity: "warning",
    message: `\`${value}\` is a ppx rewriter: in \`depends\` it is linked, but rewrites nothing`,
    hint: `write \`preprocess: ${value}\`, and remove it here`,
    span,
  };
}

function goneWarning({ value, span }: Written<string>, hint: string): Diagnostic {
  return {
    code: "ERR_MIRAGE_LIBRARY_GONE",
    severity: "warning",
    message: `no library has the modules that \`${value}\` had in 2014`,
    hint,
    span,
  };
}

/** ppx rewriters that have taken the place of camlp4 extensions. */
const rewriterNow: ReadonlyMap<string, string> = new Map([
  ["bitstring.syntax", "ppx_bitstring"],
  ["cstruct.syntax", "ppx_cstruct"],
  ["sexplib.syntax", "ppx_sexp_conv"],
]);

function syntaxHint(library: string): string {
  if (library === "lwt.syntax") {
    return "it is translated where no rewriters run: write `let%lwt` and `match%lwt` with `preprocess: lwt_ppx`, or remove `preprocess`";
  }
  const rewriter = rewriterNow.get(library);
  if (rewriter === undefined) return "remove it here, and write without what it added";
  const lines = `\`preprocess: ${rewriter}\` and \`packages: ${rewriter}\``;
  return `use its ppx rewriter with ${lines}; remove it here`;
}
