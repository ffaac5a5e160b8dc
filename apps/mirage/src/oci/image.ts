import { join, relative, resolve } from "node:path";
import type { ContainerKind } from "@mirage/application";
import { writeArchive, writeLayout } from "@mirage/oci-image";
import { interruptible } from "@mirage/plan";
import { print, say } from "../terminal/terminal.js";
import { composeContainer } from "./compose.js";

interface OciOptions {
  readonly oci: true | string;
  /** A file, or with `/` behind it a folder for an image layout. */
  readonly output?: string;
  readonly force?: true;
  readonly json?: true;
}

/** `mirage image --oci`: writes a container image of the built application. */
export async function ociImage(file: string | undefined, options: OciOptions): Promise<void> {
  const kind: ContainerKind = options.oci === "disk" ? "disk" : "program";
  await interruptible(async (signal) => {
    const { application, image, cleanUp } = await composeContainer(file, kind, signal);
    try {
      const { directory, name, program } = application;
      const written = options.output ?? join(directory, `${program}.oci.tar`);
      const output = resolve(written);
      const write = written.endsWith("/") ? writeLayout : writeArchive;
      const reference = `${name.toLowerCase()}:latest`;
      await write(image, output, { reference, replace: options.force === true, signal });
      const digest = image.manifest.digest;
      if (options.json) print(JSON.stringify({ image: output, digest, reference }, undefined, 2));
      else say(`${relative(process.cwd(), output)} is ready: ${reference}, ${digest}`);
    } finally {
      await cleanUp();
    }
  });
}
