import { configuredApplication } from "@mirage/application";
import { MirageError } from "@mirage/diagnostics";
import { kubernetesObjects, yamlDocuments } from "@mirage/launch";
import { loadApplication } from "../load-application.js";

interface DeployOptions {
  readonly image: string;
  readonly replicas?: number;
  readonly dryRun?: true;
  readonly args?: readonly string[];
}

/** `mirage deploy kubernetes --dry-run`: prints the objects for `kubectl apply`. */
export async function deployKubernetes(
  file: string | undefined,
  { image, replicas = 2, dryRun, args = [] }: DeployOptions,
): Promise<void> {
  if (!dryRun) {
    throw new MirageError("ERR_MIRAGE_USAGE", "mirage prints the objects and applies none", {
      hint: "`mirage deploy kubernetes --dry-run … | kubectl apply -f -`",
      exitCode: 2,
    });
  }
  const { configuration, target } = await configuredApplication(
    (await loadApplication(file)).configuration,
  );
  const objects = kubernetesObjects(configuration, target, { image, replicas, args });
  process.stdout.write(yamlDocuments(objects));
}
