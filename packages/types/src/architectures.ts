import type { Target } from "./target.js";

/** A kind of processor that programs are built for. */
export interface Architecture {
  /** As Debian and `--arch` call it. */
  readonly name: string;
  /** As Node.js calls it (`process.arch`). */
  readonly node: string;
  /** The prefix of the compiler and its like that make programs for it elsewhere. */
  readonly tools: string;
  /** The Debian packages that bring these, and an emulator that the kernel calls by itself. */
  readonly packages: readonly string[];
  /** QEMU: the program that emulates its machines, and the Debian package that has it. */
  readonly qemu: { readonly program: string; readonly package: string };
}

/** Every kind of processor there is something for. */
export const architectures = [
  {
    name: "amd64",
    node: "x64",
    tools: "x86_64-linux-gnu-",
    packages: ["gcc-x86-64-linux-gnu", "libc6-dev-amd64-cross", "qemu-user-static"],
    qemu: { program: "qemu-system-x86_64", package: "qemu-system-x86" },
  },
  {
    name: "arm64",
    node: "arm64",
    tools: "aarch64-linux-gnu-",
    packages: ["gcc-aarch64-linux-gnu", "libc6-dev-arm64-cross", "qemu-user-static"],
    qemu: { program: "qemu-system-aarch64", package: "qemu-system-arm" },
  },
] as const satisfies readonly Architecture[];

export type ArchitectureName = (typeof architectures)[number]["name"];

/** That of this machine; nothing if there is nothing for it. */
export function hostArchitecture(
  node: string = process.arch,
): (typeof architectures)[number] | undefined {
  return architectures.find((candidate) => candidate.node === node);
}

/** That of a target's programs: this machine's unless it says otherwise. */
export function architectureOf({
  architecture,
}: Pick<Target, "architecture">): (typeof architectures)[number] {
  const name = architecture ?? hostArchitecture()?.name;
  return architectures.find((candidate) => candidate.name === name) ?? architectures[0];
}
