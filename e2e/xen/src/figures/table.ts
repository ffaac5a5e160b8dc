/** A line of the table: what was measured of mirage's guest and of the Linux guest. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly mirage: number;
  readonly linux?: number;
  /** More is better; of anything else, less is. */
  readonly rate?: boolean;
  /** Mirage's may be this at most. */
  readonly most?: number;
  /** Mirage's should be smaller by this factor at least. */
  readonly sooner?: number;
  /** Mirage's should be larger by this factor at least. */
  readonly faster?: number;
}

/** The figures as a table in markdown, with what was aimed at. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.name,
    value(figure.mirage, figure.unit),
    figure.linux === undefined ? "" : value(figure.linux, figure.unit),
    advantage(figure),
    goal(figure),
  ]);
  const head = ["", "mirage", "Linux", "mirage is better by", "goal"];
  const widths = head.map((title, column) =>
    Math.max(title.length, 3, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) => {
    const padded = cells.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    return `| ${padded.join(" | ")} |\n`;
  };
  const rule = widths.map((width, column) =>
    column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`,
  );
  return [line(head), line(rule), ...rows.map(line)].join("");
}

function value(number: number, unit: string): string {
  return `${number >= 100 || unit === "MiB" ? number.toFixed(0) : number.toPrecision(3)} ${unit}`;
}

/** How many times better mirage's is: faster, sooner or smaller. */
function advantage({ mirage, linux, rate }: Figure): string {
  if (linux === undefined || mirage === 0 || linux === 0) return "";
  const factor = rate ? mirage / linux : linux / mirage;
  return `×${factor.toFixed(factor < 10 ? 1 : 0)}`;
}

function goal({ mirage, linux = Number.NaN, most, sooner, faster, unit }: Figure): string {
  if (most !== undefined) return `at most ${most} ${unit}: ${mirage <= most ? "met" : "missed"}`;
  if (faster !== undefined)
    return `${faster} times: ${mirage / linux >= faster ? "met" : "missed"}`;
  if (sooner === undefined) return "";
  return `${sooner} times sooner: ${linux / mirage >= sooner ? "met" : "missed"}`;
}
