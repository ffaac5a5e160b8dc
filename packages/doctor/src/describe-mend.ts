import type { Mend } from "./finding.js";

/** The command that fixes it, as a user would type it. */
export function describeMend(mend: Mend): string {
  const { words, asRoot } = commandOf(mend);
  return [...(asRoot && !isRoot() ? ["sudo"] : []), ...words].join(" ");
}

/** Packages are installed without asking: the caller has asked already. */
export function commandOf(mend: Mend): { words: readonly string[]; asRoot: boolean } {
  if (mend.kind === "command") return mend;
  const words = ["apt-get", "install", "-y", "--no-install-recommends", ...mend.names];
  return { words, asRoot: true };
}

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}
