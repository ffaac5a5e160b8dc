import { writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { mirageOk, repository, run, temporaryFolder, userEnv } from "./support/mirage.js";
import { onTerminal } from "./support/terminal.js";

let folder: string;
let env: NodeJS.ProcessEnv;

beforeEach(() => {
  folder = temporaryFolder();
  const command = join(folder, "mirage");
  const program = join(repository, "apps/mirage/bin/mirage.js");
  writeFileSync(command, `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`, {
    mode: 0o755,
  });
  const path = [folder, process.env.PATH].join(delimiter);
  env = { ...userEnv(folder), PATH: path, PS1: "> ", PROMPT: "> ", TERM: "dumb" };
  for (const name of ["www.conf", "shop.conf", "notes.txt"]) writeFileSync(join(folder, name), "");
});

/** The script of a shell, in a file. */
async function scriptFor(shell: string): Promise<string> {
  const script = join(folder, `completion.${shell}`);
  writeFileSync(script, (await mirageOk(["completion", shell], folder)).stdout);
  return script;
}

describe.each([
  ["mirage conf\t", "mirage configure "],
  ["mirage configure --xe\t", "mirage configure --xen "],
  ["mirage check sho\t", "mirage check shop.conf "],
  ["mirage init pin\t", "mirage init ping "],
  ["mirage help outd\t", "mirage help outdated "],
])("%j", (typed, completed) => {
  test("in bash", async () => {
    const rc = join(folder, "rc");
    const script = await scriptFor("bash");
    writeFileSync(rc, `. /usr/share/bash-completion/bash_completion\n. ${script}\nPS1='> '\n`);
    const shell = ["bash", "--noprofile", "--rcfile", rc, "-i"];
    expect(await onTerminal(shell, { cwd: folder, env, keys: typed, until: completed })).toContain(
      completed,
    );
  });

  test("in zsh", async () => {
    const script = await scriptFor("zsh");
    const rc = join(folder, ".zshrc");
    writeFileSync(rc, `autoload -U compinit\ncompinit -D\n. ${script}\nPROMPT='> '\n`);
    const shell = ["zsh", "--no-globalrcs", "-i"];
    const options = { cwd: folder, env: { ...env, ZDOTDIR: folder }, keys: typed };
    expect(await onTerminal(shell, { ...options, until: completed })).toContain(completed);
  });

  test("in fish", async () => {
    const script = await scriptFor("fish");
    const words = typed.trimEnd();
    const asked = `source ${script}; complete -C ${JSON.stringify(words)}`;
    const { stdout } = await run("fish", ["--no-config", "-c", asked], { cwd: folder, env });
    const wanted = completed.trimEnd().split(" ").at(-1);
    expect(stdout.split("\n").map((line) => line.split("\t")[0])).toContain(wanted);
  });
});
