const units = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** A number of octets for a person: `512 B`, `4.2 MiB`. */
export function octets(count: number): string {
  let value = count;
  for (const unit of units) {
    if (value < 1000 || unit === "TiB") {
      return `${unit === "B" || value >= 100 ? Math.round(value) : value.toFixed(1)} ${unit}`;
    }
    value /= 1024;
  }
  return `${count} B`;
}
