import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  builtKernel,
  type ConfiguredApplication,
  type ContainerKind,
  compileStatically,
  configuredApplication,
  containerRequest,
} from "@mirage/application";
import { composeDisk, writeDisk } from "@mirage/disk-image";
import { composeImage, type Image } from "@mirage/oci-image";
import { execute } from "@mirage/plan";
import { loadApplication } from "../load-application.js";

/** A container image of an application, and what is needed until it was used. */
export interface Composed {
  readonly application: ConfiguredApplication;
  readonly image: Image;
  cleanUp(): Promise<void>;
}

/** The container image of the application: of its program, or of a disk that boots it. */
export async function composeContainer(
  file: string | undefined,
  kind: ContainerKind,
  signal: AbortSignal,
): Promise<Composed> {
  const application = await configuredApplication((await loadApplication(file)).configuration);
  const folder = kind === "disk" ? await mkdtemp(join(tmpdir(), "mirage-oci-")) : undefined;
  const cleanUp = async () => {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  };
  try {
    const disk = folder && (await diskOf(application, folder, signal));
    if (application.target.link.static) await execute(compileStatically(application), { signal });
    const image = await composeImage(await containerRequest(application, disk));
    return { application, image, cleanUp };
  } catch (error) {
    await cleanUp();
    throw error;
  }
}

async function diskOf(
  application: ConfiguredApplication,
  folder: string,
  signal: AbortSignal,
): Promise<string> {
  const kernel = builtKernel(application);
  const path = join(folder, `${application.name}.img`);
  await writeDisk(await composeDisk({ kernel, signal }), path, { signal });
  return path;
}
