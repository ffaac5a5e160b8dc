import { configuredTarget, type TargetFlags } from "@mirage/application";
import { applicationGraph, libraries, programName } from "@mirage/codegen";
import { MirageError } from "@mirage/diagnostics";
import { graphDot, graphSvg, graphText } from "@mirage/graph";
import { loadApplication } from "../load-application.js";
import { print } from "../terminal/terminal.js";

interface DescribeOptions extends TargetFlags {
  readonly json?: true;
  readonly dot?: true;
  readonly svg?: true;
}

/** `mirage describe`: what an application consists of on a target, as a picture. */
export async function describe(file: string | undefined, options: DescribeOptions): Promise<void> {
  const forms = (["json", "dot", "svg"] as const).filter((form) => options[form]);
  if (forms.length > 1) {
    const named = forms.map((form) => `--${form}`).join(" and ");
    throw new MirageError("ERR_MIRAGE_USAGE", `${named} exclude each other`, {
      hint: "choose one form",
      exitCode: 2,
    });
  }
  const { configuration } = await loadApplication(file);
  const target = await configuredTarget(configuration.file, options);
  const graph = applicationGraph(configuration, target);
  if (options.json) {
    const { nodes, edges, packages } = graph;
    const description = {
      name: configuration.name.value,
      target: { name: target.name, flag: target.flag, doc: target.doc },
      program: programName(configuration, target),
      packages,
      libraries: libraries(configuration, target),
      nodes,
      edges,
    };
    print(JSON.stringify(description, undefined, 2));
  } else if (options.dot) print(graphDot(graph));
  else if (options.svg) print(await graphSvg(graph));
  else print(graphText(graph));
}
