import { relative } from "node:path";
import { MirageError } from "@mirage/diagnostics";
import { findTemplate, planInit, suggestName, type Template, templates } from "@mirage/templates";
import { targets } from "@mirage/types";
import { canAsk } from "../terminal/ask.js";
import { perform } from "../terminal/perform.js";
import { table } from "../terminal/table.js";
import { print, say } from "../terminal/terminal.js";

interface InitOptions {
  readonly directory?: string;
  readonly name?: string;
  readonly list?: true;
  readonly json?: true;
  readonly dryRun?: true;
}

/** `mirage init`: the files of a new application; what is left open is asked for on a terminal. */
export async function init(name: string | undefined, options: InitOptions): Promise<void> {
  if (options.list) {
    list(options);
    return;
  }
  const request = await requestOf(name, options);
  const plan = await planInit(request);
  await perform(plan, options);
  if (options.dryRun) return;
  say(
    `wrote ${plan.length} files into ${relative(process.cwd(), request.directory) || "this folder"}; now`,
  );
  sayWhatIsNext(request.template, request.directory);
}

async function requestOf(template: string | undefined, options: InitOptions) {
  if (template === undefined) {
    if (canAsk()) {
      const { askForApplication } = await import("./ask-application.js");
      return askForApplication(options);
    }
    throw new MirageError(
      "ERR_MIRAGE_USAGE",
      "no template was named, and this is not a terminal to ask on",
      {
        hint: `name one: \`mirage init ${templates[0]?.name}\`; \`mirage init --list\` shows all`,
        exitCode: 2,
      },
    );
  }
  const { directory = "." } = options;
  return {
    template: findTemplate(template),
    directory,
    name: options.name ?? suggestName(directory, template),
  };
}

function list({ json }: InitOptions): void {
  const entries = templates.map(({ name, doc, targets: claimed }) => {
    const flags = targets.filter((target) => claimed.includes(target.name)).map(({ flag }) => flag);
    return { name, doc, targets: flags };
  });
  if (json) print(JSON.stringify(entries, undefined, 2));
  else print(table(entries.map(({ name, doc, targets }) => [name, doc, targets.join(" ")])));
}

function sayWhatIsNext({ publish, result }: Template, directory: string): void {
  const folder = relative(process.cwd(), directory);
  const run = publish === undefined ? "mirage run" : `mirage run --publish ${publish}`;
  const steps = [
    ...(folder === "" ? [] : [`cd ${folder}`]),
    "mirage configure",
    "mirage build",
    result === undefined ? run : `${run}   # ${result}`,
  ];
  say(steps.map((step) => `  ${step}`).join("\n"));
}
