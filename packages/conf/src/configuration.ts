import type { Span } from "@mirage/diagnostics";
import type { XlValue } from "@mirage/xl/config";

/** A value of the file. Without a span it was not written there: it is the default. */
export interface Setting<T> {
  readonly value: T;
  readonly span?: Span;
}

/** A value that is always written in the file. */
export interface Written<T> {
  readonly value: T;
  readonly span: Span;
}

/** `main-noip`, `main-ip` and `main-http`: a value of a module of the application. */
export interface ValueMain {
  readonly kind: "noip" | "ip" | "http";
  /** Module path, outermost first: `["Ping"]` in `Ping.main`. */
  readonly modulePath: readonly string[];
  /** The value in that module: `"main"` in `Ping.main`. */
  readonly value: string;
  /** Where `Ping.main` stands. */
  readonly nameSpan: Span;
  readonly span: Span;
}

/** `main-app`: a functor, applied to devices. */
export interface FunctorMain {
  readonly kind: "app";
  /** Path of the functor, outermost first: `["Unikernel", "Main"]`. */
  readonly modulePath: readonly string[];
  /** The devices it is applied to, in the functor's order; empty for a plain structure. */
  readonly args: readonly DeviceReference[];
  /** Where `Unikernel.Main` stands, without the devices. */
  readonly nameSpan: Span;
  readonly span: Span;
}

export type Main = ValueMain | FunctorMain;

/** The devices every application may name in `main-app` without declaring them. */
export const builtinDevices = [
  "console",
  "clock",
  "time",
  "random",
  "entropy",
  "io_page",
  "net",
  "stack",
  "http",
  "resolver",
  "http_client",
  "https_client",
] as const;

export type BuiltinDevice = (typeof builtinDevices)[number];

/** What a name in `main-app` stands for: a built-in device, or a declaration of this file. */
export type DeviceKind = BuiltinDevice | "fs" | "block" | "fat" | "network";

/** A device as `main-app` names it; `kind` says in which list of the Configuration it is declared. */
export interface DeviceReference {
  readonly name: string;
  readonly kind: DeviceKind;
  readonly span: Span;
}

export interface DhcpAddress {
  readonly kind: "dhcp";
  readonly span: Span;
}

/** Dotted quads, validated: the gateway and the address lie in one network. */
export interface StaticAddress {
  readonly kind: "static";
  /** Whether the file has any `ip-*` key; if not, all of this is the default. */
  readonly given: boolean;
  readonly address: Setting<string>;
  readonly netmask: Setting<string>;
  readonly gateway: Setting<string>;
}

export type Address = DhcpAddress | StaticAddress;

/** `ip6-*`: at least an address or SLAAC. Addresses are validated, in the spelling of RFC 5952. */
export interface Ipv6Settings {
  readonly address?: Written<{ readonly address: string; readonly prefix: number }>;
  readonly gateway?: Written<string>;
  /** Whether addresses and gateways come from routers (RFC 4862). */
  readonly slaac?: Written<boolean>;
}

export interface Http {
  /** 1 to 65535. */
  readonly port: Written<number>;
  /** A dotted quad, or `*` for every address. */
  readonly address: Written<string>;
  /** `health-path`: the page that tells whether the program does its work. */
  readonly healthPath?: Written<string>;
  readonly https?: Https;
}

/** Where the text of a certificate or of a key lies. */
export interface PemSource {
  /** A folder that is compiled in, or a block device that holds the text. */
  readonly kind: "fs" | "block";
  /** Of that device. */
  readonly name: string;
  /** The file in the folder; empty for a block device. */
  readonly path: string;
}

/** How an authority finds out that a domain leads to the program. */
export const acmeChallenges = ["http-01", "tls-alpn-01"] as const;

export type AcmeChallenge = (typeof acmeChallenges)[number];

/** Certificates that are ordered by ACME (RFC 8555). */
export interface Acme {
  /** `https-acme`: the directory of the authority, a URL of https. */
  readonly directory: Written<string>;
  /** `https-domain`: at least one name, in lower case. */
  readonly domains: readonly Written<string>[];
  /** `https-store`: the name of a block device for keys and certificates. */
  readonly store: Written<string>;
  /** `https-contact`: URLs of `mailto`. */
  readonly contacts: readonly Written<string>[];
  /** `https-challenge`; `http-01` without it. */
  readonly challenge?: Written<AcmeChallenge>;
}

/** `https-*`. */
export interface Https {
  readonly port: Written<number>;
  /** Present if certificates are ordered; there is no `identity` then. */
  readonly acme?: Acme;
  /** `https-certificate` and `https-key`; without them the program signs for itself at each start. */
  readonly identity?: {
    readonly certificate: Written<PemSource>;
    readonly key: Written<PemSource>;
  };
  /** Whether the port of HTTP only sends clients to HTTPS. */
  readonly redirect?: Written<boolean>;
  /** Seconds for which clients shall use HTTPS only (RFC 6797). */
  readonly hsts?: Written<number>;
}

/** `dns-servers` and `dns-search`, without duplicates. */
export interface NameService {
  /** Addresses of recursive name servers, the preferred one first. */
  readonly servers: readonly Written<string>[];
  /** Domains in which a name without a dot is looked for first. */
  readonly search: readonly Written<string>[];
}

/** Content codings that files can be stored in beside their own form. */
export const codings = ["gzip", "br"] as const;

export type Coding = (typeof codings)[number];
/** What a program's log tells, the least first. */
export const logLevels = ["quiet", "app", "error", "warning", "info", "debug"] as const;

export type LogLevel = (typeof logLevels)[number];

/** `fs-NAME: PATH`. */
export interface Filesystem {
  /** Valid behind `Filesystem_`: letters, digits, `_`. */
  readonly name: string;
  /** Folder as written; see `resolvePath`. */
  readonly path: Written<string>;
  /** `fs-NAME-links`: whether links in it may lead out of it; they may not without. */
  readonly links?: Written<"inside" | "outside">;
  /** `fs-NAME-compress`: for clients that accept it, the preferred coding first. */
  readonly compress?: Written<readonly Coding[]>;
  /** `fs-NAME-cache-control`: what an HTTP server says of its files. */
  readonly cacheControl?: Written<string>;
  /** `fs-NAME-last-modified`: a date, `2026-03-01`, or with a time of day in UTC, `…T12:00:00Z`. */
  readonly lastModified?: Written<string>;
  readonly span: Span;
}

/** `block-NAME: PATH`. */
export interface Block {
  readonly name: string;
  /** Image file as written; see `resolvePath`. */
  readonly path: Written<string>;
  readonly span: Span;
}

/** `fat-NAME: BLOCK`. */
export interface Fat {
  readonly name: string;
  /** Name of a declared block device. */
  readonly block: Written<string>;
  readonly span: Span;
}

/** `net-NAME: TAP`. */
export interface Network {
  readonly name: string;
  /** The host's network interface. */
  readonly tap: Written<string>;
  readonly span: Span;
}

/** What a program can be told when it starts. */
export const argumentTypes = [
  "string",
  "int",
  "bool",
  "address",
  "cidr",
  "duration",
  "size",
] as const;

export type ArgumentType = (typeof argumentTypes)[number];

/** The arguments that programs have without declaring them. */
export const builtinArguments = [
  "help",
  "ip-address",
  "ip-netmask",
  "ip-gateway",
  "ip6-address",
  "ip6-gateway",
  "ip6-use-slaac",
  "http-port",
  "https-port",
  "log-level",
  "memory-budget",
] as const;

/** `argument-NAME: TYPE = DEFAULT, "WHAT IT IS"`. */
export interface Argument {
  /** Lower-case letters, digits, `-`. */
  readonly name: string;
  readonly type: ArgumentType;
  /** Whether it takes several values, with commas between them. */
  readonly isList: boolean;
  /** The default, as it would be given; without one, the argument is required. */
  readonly fallback?: string;
  readonly doc?: string;
  readonly span: Span;
}

/** `xl-KEY: VALUE`, the line `KEY = VALUE` of the xl file. */
export interface XlEntry {
  readonly key: string;
  /** The value's text, verbatim. */
  readonly text: string;
  readonly value: XlValue;
  readonly span: Span;
}

/** A .conf file after validation. Lists are in the order of the file. */
export interface Configuration {
  /** The path under which the file was opened. */
  readonly file: string;
  /** Folder in which the file lies; relative paths of the file start here. */
  readonly directory: string;
  /** Of the program: letters, digits, `.`, `_`, `-`. Default: the file's base name. */
  readonly name: Setting<string>;
  readonly main: Main;
  readonly address: Address;
  /** Present if the program has IPv6. */
  readonly ipv6?: Ipv6Settings;
  /** Present if both `http-port` and `http-address` are; always with `main-http` or device `http`. */
  readonly http?: Http;
  readonly nameService: NameService;
  /** `https-anchors`: a file of certificates in PEM; without it, those of the machine that builds. */
  readonly anchors?: Written<string>;
  readonly filesystems: readonly Filesystem[];
  readonly blocks: readonly Block[];
  readonly fats: readonly Fat[];
  readonly networks: readonly Network[];
  /** What the program can be told when it starts, beside what all can be. */
  readonly arguments: readonly Argument[];
  /** What the library Logs lets through; `info` without the key. */
  readonly logLevel: Setting<LogLevel>;
  /** `memory-budget`: octets that all peers together can make the program hold; without it, what suits the machine. */
  readonly memoryBudget?: Written<number>;
  /** ocamlfind libraries, without duplicates. */
  readonly depends: readonly Written<string>[];
  /** opam packages, without duplicates; may carry a version constraint such as `lwt>=5`. */
  readonly packages: readonly Written<string>[];
  /** ppx rewriters for the application's own modules, as ocamlfind libraries, without duplicates. */
  readonly preprocess: readonly Written<string>[];
  /** `metrics-port`: TCP port on which Prometheus asks for the program's metrics, 1 to 65535. */
  readonly metricsPort?: Written<number>;
  readonly xl: readonly XlEntry[];
  /** `unix` where a library of the program's needs files or programs of the host. */
  readonly sandbox?: Written<"strict" | "unix">;
  /** Whose modules are found: those of 2013, as with `depends: mirage`, or V1 of a release of 2014. */
  readonly compat?: Written<Compat>;
  /** Documented in 2013, but without effect then and now. */
  readonly compiler?: Written<string>;
}

/** Values of `compat`: 2013, when devices were found in the module OS, and releases of mirage-types. */
export const compats = ["2013", "1.1.0", "1.1.1", "1.1.2", "1.1.3", "1.2", "2.0"] as const;

export type Compat = (typeof compats)[number];

/** The part of a Configuration that names files. */
export type NamedFiles = Pick<Configuration, "directory" | "filesystems" | "blocks" | "anchors">;
