import { families, listKeys, type PlainKey } from "@mirage/conf";
import { xlKeys } from "@mirage/xl/config";
import { keys as rows } from "#reference";
import { declaredDevices } from "./device-names.js";
import { entriesOf } from "./entries.js";
import { describeKey } from "./reference.js";

export interface KeyProposal {
  /** As it is shown: `fs-NAME`. */
  readonly label: string;
  /** As far as it can be written without its user: `fs-`. */
  readonly key: string;
  /** Whether a name of the user's choice follows. */
  readonly isFamily: boolean;
  /** What the key is about. */
  readonly group: string;
  /** Markdown. */
  readonly doc: string;
}

/** The keys that a file can have beside those that it has, in the order of docs/conf.md. */
export function proposedKeys(text: string, typed: string): KeyProposal[] {
  const written = new Set(entriesOf(text).map(({ key }) => key.text.toLowerCase()));
  written.delete(typed.toLowerCase());
  const hasMain = [...written].some((key) => key.startsWith("main-"));
  const folders = declaredDevices(text).filter(({ declares }) => declares === "fs");
  return rows.flatMap((row): KeyProposal[] => {
    const { key, group } = row;
    const proposal = { label: key, key, isFamily: false, group, doc: describeKey(row) };
    const [, family, rest = ""] = /^(\w+)-(?:NAME|KEY)(.*)$/.exec(key) ?? [];
    if (family === "xl" && /^xl-/i.test(typed)) return xlProposals(proposal);
    if (rest !== "") {
      return folders
        .map(({ name }) => `fs-${name}${rest}`)
        .filter((setting) => !written.has(setting.toLowerCase()))
        .map((setting) => ({ ...proposal, label: setting, key: setting }));
    }
    if (families.some((known) => known === family)) {
      return [{ ...proposal, key: `${family}-`, isFamily: true }];
    }
    if (key.startsWith("main-") && hasMain) return [];
    const isFree = listKeys.includes(key as PlainKey) || !written.has(key);
    return isFree ? [proposal] : [];
  });
}

function xlProposals(proposal: KeyProposal): KeyProposal[] {
  return [...xlKeys.values()]
    .filter(({ replacedBy }) => replacedBy === undefined)
    .map(({ name }) => ({ ...proposal, label: `xl-${name}`, key: `xl-${name}` }));
}
