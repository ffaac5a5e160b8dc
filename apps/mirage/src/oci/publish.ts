import type { ContainerKind } from "@mirage/application";
import { credentialsFor, parseReference, push } from "@mirage/oci-image";
import { interruptible } from "@mirage/plan";
import { print, say } from "../terminal/terminal.js";
import { composeContainer } from "./compose.js";

interface PublishOptions {
  readonly disk?: true;
}

/** `mirage publish oci`: puts a container image of the built application into a registry. */
export async function publishOci(
  name: string,
  file: string | undefined,
  { disk }: PublishOptions,
): Promise<void> {
  const reference = parseReference(name);
  const kind: ContainerKind = disk ? "disk" : "program";
  await interruptible(async (signal) => {
    const { image, cleanUp } = await composeContainer(file, kind, signal);
    try {
      const credentials = await credentialsFor(reference.registry);
      await push(image, reference, {
        signal,
        onProgress: say,
        ...(credentials ? { credentials } : {}),
      });
      const { registry, repository } = reference;
      print(`${registry}/${repository}@${image.manifest.digest}`);
    } finally {
      await cleanUp();
    }
  });
}
