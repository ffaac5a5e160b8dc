import { select, text } from "@clack/prompts";
import { MirageError } from "@mirage/diagnostics";
import {
  checkName,
  findTemplate,
  type InitRequest,
  suggestName,
  templates,
} from "@mirage/templates";
import { answered } from "../terminal/ask.js";

const output = process.stderr;

/** Asks on the terminal for whatever the options leave open. */
export async function askForApplication(options: {
  readonly directory?: string;
  readonly name?: string;
}): Promise<InitRequest> {
  const template = await askForTemplate();
  const directory = options.directory ?? (await askFor("In which folder?", `./${template}`));
  const name =
    options.name ??
    (await askFor("What is it called?", suggestName(directory, template), problemOfName));
  return { template: findTemplate(template), directory, name };
}

async function askForTemplate(): Promise<string> {
  const options = templates.map(({ name, doc }) => ({ value: name, label: name, hint: doc }));
  return answered(await select({ message: "What kind of application?", options, output }));
}

/** The answer, or the one proposed if it is empty. */
async function askFor(
  message: string,
  proposed: string,
  problemOf: (answer: string) => string | undefined = () => undefined,
): Promise<string> {
  return answered(
    await text({
      message,
      placeholder: proposed,
      defaultValue: proposed,
      validate: (answer = "") => problemOf(answer === "" ? proposed : answer),
      output,
    }),
  );
}

function problemOfName(name: string): string | undefined {
  try {
    checkName(name);
    return undefined;
  } catch (error) {
    if (error instanceof MirageError) return `${error.message}: ${error.hint}`;
    throw error;
  }
}
