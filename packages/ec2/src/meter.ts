import { duration } from "@mirage/diagnostics";

/** How fast a transfer goes, from the last ten seconds of it. */
export class Meter {
  readonly #samples: { readonly at: number; readonly bytes: number }[] = [];

  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Takes note of how much has arrived in all; returns a line such as `12.5 of 21.5 MiB, 3.1 MiB/s, 3 s left`. */
  line(bytes: number, total: number): string {
    const at = this.#now();
    this.#samples.push({ at, bytes });
    while (this.#samples.length > 2 && at - (this.#samples[1]?.at ?? at) > 10_000)
      this.#samples.shift();
    const first = this.#samples[0] ?? { at, bytes };
    const seconds = (at - first.at) / 1000;
    const progress = `${mebibytes(bytes)} of ${mebibytes(total)} MiB`;
    const rate = seconds > 0 ? (bytes - first.bytes) / seconds : 0;
    if (rate <= 0) return progress;
    const speed = `${mebibytes(rate)} MiB/s`;
    return bytes < total
      ? `${progress}, ${speed}, ${duration(Math.ceil((total - bytes) / rate))} left`
      : `${progress}, ${speed}`;
  }
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}
