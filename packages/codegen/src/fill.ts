import type { Template } from "@mirage/types";

/** What the holes of templates stand for; see `Template`. */
export type Holes = Readonly<Record<string, string>>;

/** The text of a template. A hole that nothing fills is a bug in the target's entry. */
export function fill(template: Template, holes: Holes): string {
  return template.replaceAll(/%\{([^}]*)\}/g, (_, hole: string) => {
    const text = holes[hole];
    if (text === undefined) throw new Error(`nothing fills %{${hole}} in: ${template}`);
    return text;
  });
}
