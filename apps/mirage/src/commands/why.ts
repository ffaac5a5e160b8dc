import { configuredTarget, type TargetFlags } from "@mirage/application";
import { configuredOpam } from "@mirage/application/opam";
import { Dependencies, type OpamOptions } from "@mirage/dependencies";
import { didYouMean, MirageError } from "@mirage/diagnostics";
import { reasonsFor, reasonsInWords, whatIfInWords } from "@mirage/opam-resolver";
import { loadApplication } from "../load-application.js";
import { print } from "../terminal/terminal.js";

interface WhyOptions extends OpamOptions, TargetFlags {
  readonly json?: true;
}

/** `mirage why`: who needs a package of the plan, and what keeps it back. */
export async function why(
  name: string,
  file: string | undefined,
  options: WhyOptions,
): Promise<void> {
  const { configuration } = await loadApplication(file);
  const target = await configuredTarget(configuration.file, options);
  const opam = await configuredOpam(configuration.file, options);
  const dependencies = await Dependencies.of(configuration, target, opam);
  const plan = await dependencies.newest();
  const reasons = reasonsFor(plan, name);
  const whatIf = await dependencies.whatIfNewer(name);
  if (reasons === undefined || whatIf === undefined) {
    const meant = didYouMean(
      name,
      plan.result.map(({ entry }) => entry.text),
    );
    throw new MirageError(
      "ERR_MIRAGE_OPAM_NOT_NEEDED",
      `the application does not need the package ${name}`,
      meant === undefined ? {} : { hint: `did you mean ${meant}?` },
    );
  }
  if (options.json) {
    print(JSON.stringify({ ...reasons, whatIf }, undefined, 2));
    return;
  }
  print([...reasonsInWords(reasons), ...whatIfInWords(whatIf)].join("\n"));
}
