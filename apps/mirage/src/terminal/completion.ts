import { type Dirent, readdirSync } from "node:fs";
import tab from "@bomb.sh/tab/commander";
import { listInstances } from "@mirage/instances";
import { templates } from "@mirage/templates";
import type { Command } from "commander";

/** What a shell offers for a word: its candidates, and what each is. */
type Candidates = readonly (readonly [value: string, doc: string])[];

/**
 * Adds `mirage completion SHELL` and the requests that the completion scripts make, `mirage complete
 * -- WORDS`, of which the last is the one to complete.
 */
export async function addCompletion(program: Command, words: readonly string[]): Promise<void> {
  const typed = words.at(-1) ?? "";
  const byPlaceholder: Readonly<Record<string, () => Candidates>> = {
    FILE: () => files(typed, ".conf"),
    TEMPLATE: () => templates.map(({ name, doc }) => [name, doc]),
    NAME: () => running,
    command: () => program.commands.map((command) => [command.name(), command.description()]),
  };
  const running = await instances(words);
  const root = tab(program, { completionCommandName: "completion" });
  if (words[0] === "completion" && words[1] === "bash") process.stdout.write(withoutBashCompletion);
  for (const command of root.commands.values()) {
    for (const argument of command.arguments.values()) {
      const candidates = byPlaceholder[argument.name];
      if (candidates === undefined) continue;
      argument.handler = (complete) => {
        for (const [value, doc] of candidates()) complete(value, doc);
      };
    }
    for (const option of command.options.values()) {
      if (option.value !== "directory" && option.value !== "opam-root") continue;
      option.handler = (complete) => {
        for (const [value, doc] of files(typed)) complete(value, doc);
      };
    }
  }
}

/**
 * The script calls a function of the package bash-completion: the words up to the cursor, not cut at
 * `=` and `:`. Where that package is missing, this one does.
 */
const withoutBashCompletion = `if ! declare -F _get_comp_words_by_ref >/dev/null; then
    _get_comp_words_by_ref() {
        local line=\${COMP_LINE:0:COMP_POINT}
        read -ra words <<< "$line"
        [[ $line == *[[:space:]] ]] && words+=("")
        cword=$((\${#words[@]} - 1))
        cur=\${words[cword]}
        prev=\${words[cword - 1]}
    }
fi

`;

/** The commands that take the name of an instance. */
const ofInstances = new Set(
  "capture inspect log-level logs netstat pause restart resume rm stats stop top".split(" "),
);

/** Names for these; there is no need to look for anything else. */
async function instances(words: readonly string[]): Promise<Candidates> {
  if (!words.some((word) => ofInstances.has(word))) return [];
  return (await listInstances()).map(({ name, status }) => [name, status]);
}

/** The folders where the typed path is, and the files of a kind. */
function files(typed: string, suffix?: string): Candidates {
  const folder = typed.slice(0, typed.lastIndexOf("/") + 1);
  const found = readFolder(folder || ".").filter(({ name }) => !name.startsWith("."));
  const folders = found.filter((entry) => entry.isDirectory());
  const wanted = found.filter(({ name }) => suffix !== undefined && name.endsWith(suffix));
  return [
    ...wanted.map(({ name }) => [folder + name, "file"] as const),
    ...folders.map(({ name }) => [`${folder + name}/`, "folder"] as const),
  ];
}

function readFolder(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch {
    return [];
  }
}
