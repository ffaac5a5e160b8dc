import type { CommandReference, Entry } from "./reference.js";
import { exitCodes, output, variables } from "./surroundings.js";

/** A file of the manual. */
export interface ManualPage {
  /** `mirage-run.1` */
  readonly file: string;
  /** Its text, for man(7) macros. */
  readonly text: string;
}

/** The manual: a page for the program, which lists the commands, and one for each command. */
export function toManual(commands: readonly CommandReference[], version: string): ManualPage[] {
  const [program, ...subcommands] = commands;
  if (program === undefined) return [];
  const pages = subcommands.map((command) =>
    page(command, version, [
      ...section("ARGUMENTS", command.args),
      ...section("OPTIONS", command.options),
      ...section("EXIT STATUS", exitCodes),
      ...seeAlso([program]),
    ]),
  );
  const list = subcommands.map(({ name, summary }) => ({ term: reference(name), doc: summary }));
  const first = page(program, version, [
    ...section("COMMANDS", list),
    ...section("OPTIONS", program.options),
    ".SH OUTPUT",
    plain(output),
    ...section("EXIT STATUS", exitCodes),
    ...section("ENVIRONMENT", variables),
    ...seeAlso(subcommands),
  ]);
  return [first, ...pages];
}

function page(
  { name, summary, synopsis }: CommandReference,
  version: string,
  sections: readonly string[],
): ManualPage {
  const title = name.replaceAll(" ", "-");
  const lines = [
    `.TH ${quote(title.toUpperCase())} 1 "" ${quote(`mirage ${version}`)} "User Commands"`,
    ".SH NAME",
    `${plain(title)} \\- ${plain(summary.replace(/\.$/, ""))}`,
    ".SH SYNOPSIS",
    `.B ${plain(name)}`,
    plain(synopsis.slice(name.length).trim()),
    ...sections,
  ];
  return { file: `${title}.1`, text: `${lines.join("\n")}\n` };
}

function section(title: string, entries: readonly Entry[]): string[] {
  if (entries.length === 0) return [];
  return [
    `.SH ${title}`,
    ...entries.flatMap(({ term, doc }) => [".TP", `\\fB${plain(term)}\\fR`, plain(doc)]),
  ];
}

function seeAlso(commands: readonly CommandReference[]): string[] {
  return [".SH SEE ALSO", plain(commands.map(({ name }) => reference(name)).join(", "))];
}

function reference(name: string): string {
  return `${name.replaceAll(" ", "-")}(1)`;
}

/** Text as roff prints it: a backslash, a hyphen that can be copied, and no request by accident. */
function plain(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll("`", "")
    .replace(/^(?=[.'])/gm, "\\&");
}

function quote(text: string): string {
  return `"${plain(text).replaceAll('"', "\\(dq")}"`;
}
