import type { Key } from "@mirage/conf";
import { settingSuffix } from "@mirage/conf";
import { deviceKinds } from "@mirage/types";
import { devices, type KeyRow, keys } from "#reference";

/** The row of docs/conf.md about a key. */
export function rowOf(key: Key): KeyRow | undefined {
  return keys.find((row) => row.key === rowNameOf(key));
}

function rowNameOf(key: Key): string {
  if (key.kind === "plain") return key.key;
  if (key.family === "xl") return "xl-KEY";
  const suffix = key.family === "fs" ? settingSuffix(key.name) : undefined;
  return `${key.family}-NAME${suffix ?? ""}`;
}

/** What docs/conf.md says of a key, as Markdown. */
export function describeKey({ key, value, fallback }: KeyRow): string {
  const otherwise = fallback === "" ? [] : [`Default: ${fallback}`];
  return [`**${key}**`, value, ...otherwise].filter((part) => part !== "").join("\n\n");
}

/** What a device is that every program has, as Markdown; nothing for another. */
export function describeBuiltin(name: string): string | undefined {
  const row = devices.find((device) => device.name === name);
  if (row === undefined) return undefined;
  const doc = deviceKinds.find((kind) => kind.name === name)?.doc;
  return [`**${name}**: ${row.signature}`, doc, `\`start\` gets ${row.start}`]
    .filter((part) => part !== undefined)
    .join("\n\n");
}
