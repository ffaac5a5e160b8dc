import { Meter, type PublishEvent } from "@mirage/ec2";
import type { Progress } from "../terminal/progress/progress.js";

/** How often the state of a transfer is worth a line where lines are not redrawn. */
const lineMs = 5000;

/** Shows what happens to a publication. */
export class PublishProgress {
  readonly #progress: Progress;
  readonly #meter = new Meter();
  #lastAt = Number.NEGATIVE_INFINITY;
  #lastText = "";

  constructor(progress: Progress) {
    this.#progress = progress;
  }

  readonly tell = (event: PublishEvent): void => {
    const progress = this.#progress;
    switch (event.type) {
      case "scanned":
        progress.note(`${event.blocks} blocks of the disk are not empty`);
        break;
      case "found":
        progress.note(`${event.region}: ${event.image} has this content already`);
        break;
      case "uploading": {
        const again = event.skippedBytes > 0 ? ", continuing where an earlier run stopped" : "";
        progress.note(`${event.region}: sending blocks to ${event.snapshot}${again}`);
        break;
      }
      case "sent": {
        const text = this.#meter.line(event.bytes, event.totalBytes);
        if (event.bytes === event.totalBytes) progress.note(text);
        else this.#state(text);
        break;
      }
      case "waiting":
        this.#state(`${event.region}: ${event.id} is ${event.state}`);
        break;
      case "registered":
        progress.note(`${event.region}: ${event.image} is registered`);
        break;
      case "available":
        progress.note(`${event.region}: ${event.image} is available`);
        break;
      case "removing": {
        const ids = event.ids.join(", ");
        progress.note(`removing ${ids}; Ctrl-C leaves it for the next run to continue`);
        break;
      }
    }
  };

  /** What the next state replaces; where lines scroll by, one every few seconds. */
  #state(text: string): void {
    const now = performance.now();
    const isDue = text !== this.#lastText && now - this.#lastAt >= lineMs;
    if (isDue) {
      this.#lastAt = now;
      this.#lastText = text;
    }
    this.#progress.news(isDue ? { text } : { text, passing: true });
  }
}
