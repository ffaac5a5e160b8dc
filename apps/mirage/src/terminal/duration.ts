const units = [
  ["day", 86_400],
  ["h", 3_600],
  ["min", 60],
] as const;

/** A length of time for a person: `5 s`, `3 min`, `2 h`, `4 days`. */
export function duration(seconds: number): string {
  for (const [unit, length] of units) {
    const count = Math.floor(seconds / length);
    if (count >= 1) return `${count} ${unit}${unit === "day" && count > 1 ? "s" : ""}`;
  }
  return `${Math.max(0, Math.floor(seconds))} s`;
}
