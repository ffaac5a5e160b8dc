import type { HoleName, Template } from "@mirage/types";

/** The texts for the holes of templates; which holes there are, `@mirage/types` says. */
export type Holes = Readonly<Partial<Record<HoleName, string>>>;

/** The text of a template. A hole that nothing fills is a bug in the target's entry. */
export function fill(template: Template, holes: Holes): string {
  return template.replaceAll(/%\{([^}]*)\}/g, (_, hole: string) => {
    const text = holes[hole as HoleName];
    if (text === undefined) throw new Error(`nothing fills %{${hole}} in: ${template}`);
    return text;
  });
}
