import type { ArchitectureName } from "./architectures.js";
import type { DeviceKindName } from "./device-kinds.js";
import type { Template } from "./template.js";

/** Something opam installs, and what the program links of it. */
export interface Component {
  /** Name of the opam package. */
  readonly package: string;
  /** Name of the findlib library. */
  readonly library: string;
}

/** `module NAME = BODY` */
export interface ModuleDefinition {
  readonly name: Template;
  readonly body: Template;
}

/** How a target provides one kind of device. */
export interface Driver {
  /** What it needs beyond the target's own components and those of the devices below it. */
  readonly components?: readonly Component[];
  /** The devices below: their modules and values are there first. */
  readonly needs?: readonly DeviceKindName[];
  /** The network device that its module opens by itself, where there is one. */
  readonly opens?: "net";
  /** The modules that have to be defined for it, in order. */
  readonly modules?: readonly ModuleDefinition[];
  /** The module that implements the signature. */
  readonly module: Template;
  /** The name of its value. */
  readonly value?: Template;
  /** The expression that connects it, of type ``[ `Ok of t | `Error of error ] Lwt.t``. */
  readonly connect?: Template;
  /** The `let` that binds its value, without `in`, where there is nothing to connect. */
  readonly binding?: Template;
  /** An expression of type `unit` to evaluate once it is connected. */
  readonly connected?: Template;
}

/** How a target starts a `main-ip` application. */
export interface IpManager {
  readonly components: readonly Component[];
  /** The module `Net` that the application refers to, as OCaml source. */
  readonly net: string;
  /** The program, of type `unit Lwt.t`; its devices are connected already. It reports `ready`. */
  readonly run: Template;
}

/** Something that a program can be built for. */
export interface Target {
  readonly name: string;
  /** The option of `mirage configure` that selects it. */
  readonly flag: `--${string}`;
  readonly doc: string;
  /** The processors of its programs; absent where they are this machine's. */
  readonly architecture?: ArchitectureName;
  /** What every program of this target consists of. */
  readonly components: readonly Component[];
  readonly drivers: Readonly<Partial<Record<DeviceKindName, Driver>>>;
  /** Takes the place of the driver of `http` where HTTPS is wanted. */
  readonly https?: Driver;
  /** The same where its certificates are ordered by ACME. */
  readonly acme?: Driver;
  /**
   * Takes the place of the driver of `stack` where IPv6 is wanted, and finds its addresses of IPv6 as
   * `addressing6`, a `V1_LWT.direct_ipv6_config`. Without it the addresses are the host's.
   */
  readonly stackWithIpv6?: Driver;
  /** An expression of type `unit` to evaluate once all devices are connected. */
  readonly connected?: Template;
  /** The value `addressing` that stacks and the manager of `main-ip` find in scope. */
  readonly addressing: { readonly dhcp: Template; readonly static: Template };
  /** Absent where `main-ip` makes no sense. */
  readonly ip?: IpManager;
  /** What to do about a device or `main-*` that this target lacks. */
  readonly lacking: string;
  readonly link: {
    /** dune's linking mode. */
    readonly mode: "exe" | "object" | "js";
    /** What dune builds in that mode. */
    readonly product: string;
    /** File name of the program, with `%{name}` for that of the application. */
    readonly program: Template;
    /**
     * Called as `TOOL -o PROGRAM PRODUCT`, and as `TOOL -L` for the `link_flags` of the executable, a
     * list as dune reads it. Without it, the product is the program.
     */
    readonly tool?: string;
    /** Whether the tool is told of the images of the program's file systems, behind the product. */
    readonly takesImages?: boolean;
    /** Suffixes of files that the tool leaves beside the program. */
    readonly byproducts?: readonly string[];
    /** Whether it can be linked to need nothing of the host's files, as in a container without any. */
    readonly static?: true;
    /** Findlib libraries that no program of this target can have in it. */
    readonly forbids?: readonly string[];
  };
  readonly run: {
    /** Who executes the program: the host's kernel, QEMU, Xen, or Node.js. */
    readonly as: "process" | "qemu" | "xen" | "node";
    /**
     * What it reaches the network through: TAP devices handed to it, the host's sockets, or a bridge.
     * `none` where it reaches no network: then there are no drivers for `net`, `network` and `stack`.
     */
    readonly network: "tap" | "sockets" | "bridge" | "none";
  };
}
