/** A step of a tutorial: what its reader does, and what they then see. */
export type Step =
  | { readonly kind: "file"; readonly name: string; readonly content: string }
  | { readonly kind: "run"; readonly commands: string; readonly shown: readonly string[] };

/**
 * The steps of a Markdown text: fences of `sh` are commands, a fence of `text` behind one is lines of
 * their output, and any other fence is the file that the prose before it names last, in code.
 */
export function tutorialSteps(markdown: string): Step[] {
  const steps: Step[] = [];
  let prose = "";
  for (const [index, part] of markdown.split(/^```/m).entries()) {
    if (index % 2 === 0) {
      prose = part;
      continue;
    }
    const language = part.slice(0, part.indexOf("\n"));
    const content = part.slice(part.indexOf("\n") + 1);
    const last = steps.at(-1);
    if (language === "sh") {
      steps.push({ kind: "run", commands: content, shown: [] });
    } else if (language === "text" && last?.kind === "run") {
      steps[steps.length - 1] = { ...last, shown: content.trimEnd().split("\n") };
    } else {
      const named = [...prose.matchAll(/`([\w.-]+\.\w+)`/g)].at(-1)?.[1];
      if (named === undefined) throw new Error(`no name for the file:\n${content}`);
      steps.push({ kind: "file", name: named, content });
    }
  }
  return steps;
}
