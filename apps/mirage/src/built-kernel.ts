import { existsSync } from "node:fs";
import { join } from "node:path";
import { MirageError } from "@mirage/diagnostics";
import { requireState } from "@mirage/project";
import { applicationFolder } from "./application.js";
import { targetNamed } from "./target.js";

/** The kernel that an application was built as. */
export interface BuiltKernel {
  /** Name of the application. */
  readonly name: string;
  /** Path of the kernel, absolute. */
  readonly kernel: string;
}

/** The kernel of the application that `file` names; an error where there is none. */
export async function builtKernel(file: string | undefined): Promise<BuiltKernel> {
  const directory = await applicationFolder(file);
  const { name, target, products } = await requireState(directory);
  const { run, doc } = targetNamed(target);
  if (run.as !== "xen") {
    throw new MirageError("ERR_MIRAGE_NO_KERNEL", `${name} is configured for ${doc}`, {
      hint: "`mirage configure --xen` and `mirage build` make the kernel that a disk boots",
    });
  }
  const kernel = join(directory, products[0] ?? "");
  if (!existsSync(kernel)) {
    throw new MirageError("ERR_MIRAGE_NOT_BUILT", `${kernel} is not there`, {
      hint: "run `mirage build` first",
    });
  }
  return { name, kernel };
}
