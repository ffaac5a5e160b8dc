import { mkdirSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
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

/** Puts the script of a shell where docs/install.md says that it belongs. */
async function install(shell: string, path: string): Promise<void> {
  const script = join(folder, path);
  mkdirSync(dirname(script), { recursive: true });
  writeFileSync(script, (await mirageOk(["completion", shell], folder)).stdout);
}

describe.each([
  ["mirage conf\t", "mirage configure "],
  ["mirage configure --xe\t", "mirage configure --xen "],
  ["mirage check sho\t", "mirage check shop.conf "],
  ["mirage init pin\t", "mirage init ping "],
  ["mirage help outd\t", "mirage help outdated "],
])("%j", (typed, completed) => {
  test("in bash", async () => {
    await install("bash", ".local/share/bash-completion/completions/mirage");
    const rc = join(folder, "rc");
    writeFileSync(rc, ". /usr/share/bash-completion/bash_completion\nPS1='> '\n");
    const shell = ["bash", "--noprofile", "--rcfile", rc, "-i"];
    const options = { cwd: folder, env, keys: typed, until: completed };
    expect(await onTerminal(shell, options)).toContain(completed);
  });

  test("in bash, without the package bash-completion", async () => {
    await install("bash", "mirage.bash");
    const rc = join(folder, "rc");
    writeFileSync(rc, ". ~/mirage.bash\nPS1='> '\n");
    const shell = ["bash", "--noprofile", "--rcfile", rc, "-i"];
    const options = { cwd: folder, env, keys: typed, until: completed };
    const shown = await onTerminal(shell, options);
    expect(shown).toContain(completed);
    expect(shown).not.toContain("command not found");
  });

  test("in zsh", async () => {
    await install("zsh", ".zfunc/_mirage");
    const rc = join(folder, ".zshrc");
    writeFileSync(rc, "fpath+=(~/.zfunc)\nautoload -U compinit && compinit -D\nPROMPT='> '\n");
    const shell = ["zsh", "--no-globalrcs", "-i"];
    const options = { cwd: folder, env: { ...env, ZDOTDIR: folder }, keys: typed };
    expect(await onTerminal(shell, { ...options, until: completed })).toContain(completed);
  });

  test("in fish", async () => {
    await install("fish", ".config/fish/completions/mirage.fish");
    const asked = `complete -C ${JSON.stringify(typed.trimEnd())}`;
    const { stdout } = await run("fish", ["-c", asked], { cwd: folder, env });
    const wanted = completed.trimEnd().split(" ").at(-1);
    expect(stdout.split("\n").map((line) => line.split("\t")[0])).toContain(wanted);
  });
});
