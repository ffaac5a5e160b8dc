import { accessSync, constants, existsSync } from "node:fs";
import { MirageError } from "@mirage/diagnostics";
import { hostInfo, localHost } from "@mirage/xl/host";
import {
  callCheck,
  distributionCheck,
  nodeCheck,
  packagesCheck,
  programCheck,
  roomCheck,
  tunCheck,
} from "./checks.js";
import { credentialsCheck } from "./credentials.js";
import { emulationCheck, type Processors } from "./emulation.js";
import type { CheckGroup, Fix } from "./finding.js";
import { findProgram } from "./look.js";

/** What the caller knows better than this package. */
export interface Requirements {
  /** The oldest Node.js. */
  readonly node: string;
  /** Where opam's root is, or will be. */
  readonly dataFolder: string;
  /** Makes a private network for a moment. @throws MirageError that says why it cannot */
  readonly privateNetwork: () => string;
  /** The kernel's setting that forbids it, as `name=value` of sysctl(8) that allows it. */
  readonly sysctl: () => string | undefined;
  /** Other processors than this machine's that programs are to be made for. */
  readonly processors?: Processors;
}

/** Megabytes that the first `mirage configure` and `build` write: an opam root with the runtimes. */
const firstBuildMb = 100;

/** Megabytes that Debian's packages for other processors take. */
const sysrootMb = 1200;

function kvm(): string {
  try {
    accessSync("/dev/kvm", constants.R_OK | constants.W_OK);
    return "/dev/kvm";
  } catch {
    throw new MirageError("ERR_MIRAGE_NO_KVM", "/dev/kvm cannot be used: QEMU translates instead", {
      hint: "where there is one, its group may use it: `sudo usermod -aG kvm $USER`, then log in again",
    });
  }
}

/** For `mirage image`. */
const imageChecks = [
  packagesCheck(
    "GRUB",
    ["grub-pc-bin", "grub-efi-amd64-bin", "grub-common"],
    "by `mirage image`",
    "optional",
  ),
  programCheck({
    name: "qemu-img",
    program: "qemu-img",
    use: "by `mirage image --format`",
    packages: ["qemu-utils"],
    state: "optional",
  }),
];

/** Builds for other processors: Debian's packages for them, in a folder of mirage's own. */
function crossGroup(processors: Processors, dataFolder: string): CheckGroup {
  const { name, compiler, packages, qemu } = processors;
  return {
    name: `--arch ${name}`,
    title: `building for ${name} here`,
    checks: [
      programCheck({
        name: "C compiler",
        program: compiler,
        version: ["-dumpfullversion"],
        use: "to link",
        packages,
      }),
      emulationCheck(processors),
      programCheck({
        name: "QEMU",
        program: qemu.program,
        version: ["--version"],
        use: "to run kernels",
        packages: [qemu.package],
        state: "optional",
      }),
      roomCheck("disk space", dataFolder, sysrootMb),
    ],
  };
}

/** All checks, by what they are needed for. */
export function checkGroups(requirements: Requirements): readonly CheckGroup[] {
  const { node, dataFolder, privateNetwork, sysctl, processors } = requirements;
  return [
    {
      name: "build",
      title: "building, for every target",
      checks: [
        nodeCheck(node),
        distributionCheck,
        programCheck({
          name: "opam",
          program: "opam",
          version: ["--version"],
          minimum: "2.1",
          use: "to install OCaml packages",
          packages: ["opam"],
        }),
        programCheck({
          name: "OCaml",
          program: "ocamlopt",
          version: ["-version"],
          use: "to compile",
          packages: ["ocaml-nox"],
        }),
        programCheck({
          name: "ocamlfind",
          program: "ocamlfind",
          use: "to find OCaml libraries",
          packages: ["ocaml-findlib"],
        }),
        programCheck({
          name: "dune",
          program: "dune",
          version: ["--version"],
          use: "to build",
          packages: ["ocaml-dune"],
        }),
        packagesCheck(
          "OCaml libraries",
          ["liblwt-ocaml-dev", "libcstruct-ocaml-dev", "libipaddr-ocaml-dev"],
          "by every runtime; `mirage configure` installs the others with an application",
        ),
        programCheck({
          name: "C compiler",
          program: "gcc",
          version: ["-dumpfullversion"],
          use: "to link",
          packages: ["gcc", "libc6-dev"],
        }),
        programCheck({
          name: "make",
          program: "make",
          version: ["--version"],
          use: "by `mirage build`",
          packages: ["make"],
        }),
        roomCheck("disk space", dataFolder, firstBuildMb),
      ],
    },
    {
      name: "--unix",
      title: "processes with a TCP/IP stack of their own",
      checks: [
        programCheck({
          name: "setpriv",
          program: "setpriv",
          use: "to start processes that end with mirage",
          packages: ["util-linux"],
        }),
        tunCheck,
        callCheck("private networks", privateNetwork, {
          fix: () => settingFix(sysctl()),
        }),
        programCheck({
          name: "dnsmasq",
          program: "dnsmasq",
          use: "for ip-use-dhcp in a private network",
          packages: ["dnsmasq-base"],
          state: "optional",
        }),
      ],
    },
    {
      name: "--socket",
      title: "processes on this machine's sockets",
      checks: [
        programCheck({
          name: "setpriv",
          program: "setpriv",
          use: "to start processes that end with mirage",
          packages: ["util-linux"],
        }),
      ],
    },
    {
      name: "--js",
      title: "JavaScript modules",
      checks: [
        programCheck({
          name: "js_of_ocaml",
          program: "js_of_ocaml",
          version: ["--version"],
          minimum: "4.0",
          use: "to compile",
          packages: ["js-of-ocaml"],
        }),
        tunCheck,
        callCheck("private networks", privateNetwork, {
          state: "optional",
          fix: () => settingFix(sysctl()),
        }),
      ],
    },
    {
      name: "--virtio",
      title: "kernels for virtual machines",
      checks: [
        packagesCheck("musl", ["musl-dev"], "to link kernels"),
        programCheck({
          name: "QEMU",
          program: "qemu-system-x86_64",
          version: ["--version"],
          use: "to run kernels",
          packages: ["qemu-system-x86"],
        }),
        tunCheck,
        callCheck("KVM", kvm, { state: "optional" }),
        ...imageChecks,
      ],
    },
    {
      name: "--xen",
      title: "kernels for Xen",
      checks: [
        packagesCheck("musl", ["musl-dev"], "to link kernels"),
        callCheck("Xen", xen, { state: "optional" }),
        callCheck("bridge", bridge, {
          state: "optional",
          fix: () => ({ kind: "command", words: ["mirage", "network", "up"], asRoot: true }),
        }),
        programCheck({
          name: "QEMU",
          program: "qemu-system-x86_64",
          version: ["--version"],
          use: "to boot a kernel without Xen",
          packages: ["qemu-system-x86"],
          state: "optional",
        }),
        ...imageChecks,
        credentialsCheck,
      ],
    },
    ...(processors === undefined ? [] : [crossGroup(processors, dataFolder)]),
  ];
}

/** What allows private networks, where a setting of the kernel forbids them. */
function settingFix(setting: string | undefined): Fix | undefined {
  if (setting === undefined) return undefined;
  return { kind: "command", words: ["sysctl", "-w", setting], asRoot: true };
}

async function xen(): Promise<string> {
  if ((await findProgram("xl")) === undefined) {
    throw new MirageError("ERR_MIRAGE_XL_MISSING", "no xl: this is not a Xen host", {
      hint: "`mirage run --host HOST` runs domains on one, `mirage image` makes a disk",
    });
  }
  const { xenVersion, freeMemoryMb } = await hostInfo(localHost());
  return `${xenVersion}, ${freeMemoryMb} MB free`;
}

function bridge(): string {
  if (existsSync("/sys/class/net/xenbr0/bridge")) return "xenbr0";
  throw new MirageError("ERR_MIRAGE_NO_BRIDGE", "there is no bridge xenbr0 for domains");
}
