import { open, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { staticProgram } from "@mirage/codegen/program-name";
import { MirageError } from "@mirage/diagnostics";
import type { ImageRequest } from "@mirage/oci-image";
import { builtKernel, type ConfiguredApplication } from "./configured.js";

/** The program itself, or a disk that boots it. */
export type ContainerKind = "program" | "disk";

/** User and group of a program in its container: nobody's, on no system. */
const user = 65_532;

/** The user of QEMU in KubeVirt, whose the disk has to be. */
const qemuUser = 107;

/**
 * What the container image of a built application consists of: a process, a kernel as urunc takes it, or,
 * with `disk`, a disk for KubeVirt.
 * @throws MirageError `ERR_MIRAGE_OCI_TARGET`, `ERR_MIRAGE_NOT_BUILT`
 */
export async function containerRequest(
  application: ConfiguredApplication,
  disk?: string,
): Promise<ImageRequest> {
  if (disk !== undefined) {
    const path = `disk/${basename(disk)}`;
    return {
      architecture: await architectureOf(builtKernel(application)),
      files: [
        { path: "disk", mode: 0o755, owner: qemuUser },
        { path, mode: 0o444, owner: qemuUser, content: await fileContent(disk) },
      ],
    };
  }
  return application.target.link.mode === "object"
    ? kernelRequest(application)
    : processRequest(application);
}

/** Runs wherever containers run: it has one file, which needs no others. */
async function processRequest({
  configuration: { http },
  directory,
  name,
  target,
  program,
}: ConfiguredApplication): Promise<ImageRequest> {
  if (!target.link.static) {
    throw new MirageError(
      "ERR_MIRAGE_OCI_TARGET",
      `${name} is configured for ${target.doc}, which no container has`,
      { hint: "`mirage configure --socket` makes it a program on the sockets of its container" },
    );
  }
  const ports = [http?.port.value, http?.https?.port.value].filter((port) => port !== undefined);
  const mayBeAnybody = ports.every((port) => port >= 1024);
  return {
    architecture: process.arch === "x64" ? "amd64" : process.arch,
    files: [
      {
        path: program,
        mode: 0o555,
        content: await fileContent(join(directory, staticProgram(program))),
      },
    ],
    config: {
      entrypoint: [`/${program}`],
      // Ports below 1024 are root's, unless the engine says otherwise.
      ...(mayBeAnybody ? { user: `${user}:${user}` } : {}),
      environment: [`MIRAGE_SANDBOX=${mayBeAnybody ? "socket" : "low-ports"}`],
      ...(ports.length > 0 ? { ports: ports.map((port) => `${port}/tcp`) } : {}),
    },
  };
}

/** A kernel takes the address of its container by `ip=`, as Linux does: so urunc starts it as one. */
async function kernelRequest(application: ConfiguredApplication): Promise<ImageRequest> {
  const kernel = builtKernel(application);
  const annotations = {
    "com.urunc.unikernel.binary": `/${application.program}`,
    "com.urunc.unikernel.cmdline": "",
    "com.urunc.unikernel.hypervisor": "qemu",
    "com.urunc.unikernel.unikernelType": "linux",
  };
  const encoded = Object.entries(annotations).map(([key, value]) => [
    key,
    Buffer.from(value).toString("base64"),
  ]);
  return {
    architecture: await architectureOf(kernel),
    files: [
      { path: application.program, mode: 0o555, content: await fileContent(kernel) },
      {
        path: "urunc.json",
        mode: 0o444,
        content: Buffer.from(JSON.stringify(Object.fromEntries(encoded))),
      },
    ],
    config: { entrypoint: [`/${application.program}`] },
    annotations,
  };
}

async function fileContent(file: string): Promise<{ file: string; size: number }> {
  const info = await stat(file).catch(() => undefined);
  if (info?.isFile()) return { file, size: info.size };
  throw new MirageError("ERR_MIRAGE_NOT_BUILT", `${file} is not there`, {
    hint: "run `mirage build` first",
  });
}

/** Linux's image for 64-bit ARM says what it is (Documentation/arch/arm64/booting.rst). */
async function architectureOf(kernel: string): Promise<string> {
  const file = await open(kernel);
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0x38);
    return buffer.toString("latin1") === "ARMd" ? "arm64" : "amd64";
  } finally {
    await file.close();
  }
}
