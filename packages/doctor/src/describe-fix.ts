import type { Fix } from "./finding.js";

/** The command that fixes it, as a user would type it. */
export function describeFix(fix: Fix): string {
  const { words, asRoot } = commandOf(fix);
  return [...(asRoot && !isRoot() ? ["sudo"] : []), ...words].join(" ");
}

/** Packages are installed without asking: the caller has asked already. */
export function commandOf(fix: Fix): { words: readonly string[]; asRoot: boolean } {
  if (fix.kind === "command") return fix;
  const words = ["apt-get", "install", "-y", "--no-install-recommends", ...fix.names];
  return { words, asRoot: true };
}

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}
