import type { Filter, Tag } from "#sdk";
import type { Tags } from "./resources.js";

/** On everything that mirage makes at AWS: the content's id. `list` and `remove` go by it. */
export const contentTag = "mirage:content";

/** Own resources that mirage made. */
export const madeByMirage: Filter = { Name: "tag-key", Values: [contentTag] };

export function withContent(id: string): Filter {
  return { Name: `tag:${contentTag}`, Values: [id] };
}

export function toAwsTags(tags: Tags): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

export function fromAwsTags(tags: readonly Tag[] | undefined): Tags {
  return Object.fromEntries((tags ?? []).map(({ Key = "", Value = "" }) => [Key, Value]));
}
