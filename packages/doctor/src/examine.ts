import type { CheckGroup, ExaminedGroup } from "./finding.js";

/** Examines everything at once. Checks look only, so that this changes nothing. */
export function examine(groups: readonly CheckGroup[]): Promise<ExaminedGroup[]> {
  return Promise.all(
    groups.map(async ({ name, title, checks }) => ({
      name,
      title,
      findings: await Promise.all(
        checks.map(async (check) => ({ name: check.name, ...(await check.examine()) })),
      ),
    })),
  );
}
