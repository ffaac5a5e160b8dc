import { Meter, type PublishEvent } from "@mirage/ec2";
import { say } from "../terminal/terminal.js";

/** How often a line of progress is due on a terminal, where it replaces the last, and elsewhere. */
const terminalMs = 200;
const otherwiseMs = 5000;

/** Says what happens to a publication; on a terminal, transfer and waiting take one line. */
export class PublishProgress {
  readonly #meter = new Meter();
  readonly #isTerminal = process.stderr.isTTY === true;
  #lastAt = Number.NEGATIVE_INFINITY;
  #lastText = "";
  #hasOpenLine = false;

  readonly tell = (event: PublishEvent): void => {
    switch (event.type) {
      case "scanned":
        this.#line(`${event.blocks} blocks of the disk are not empty`);
        break;
      case "found":
        this.#line(`${event.region}: ${event.image} has this content already`);
        break;
      case "uploading": {
        const again = event.skippedBytes > 0 ? ", continuing where an earlier run stopped" : "";
        this.#line(`${event.region}: sending blocks to ${event.snapshot}${again}`);
        break;
      }
      case "sent": {
        const text = this.#meter.line(event.bytes, event.totalBytes);
        if (event.bytes === event.totalBytes) this.#line(text);
        else this.#fleeting(text);
        break;
      }
      case "waiting":
        this.#fleeting(`${event.region}: ${event.id} is ${event.state}`);
        break;
      case "registered":
        this.#line(`${event.region}: ${event.image} is registered`);
        break;
      case "available":
        this.#line(`${event.region}: ${event.image} is available`);
        break;
      case "removing": {
        const ids = event.ids.join(", ");
        this.#line(`removing ${ids}; Ctrl-C leaves it for the next run to continue`);
        break;
      }
    }
  };

  /** A line that stays. */
  #line(text: string): void {
    this.endLine();
    say(text);
  }

  /** A line that the next one replaces; without a terminal, one every few seconds. */
  #fleeting(text: string): void {
    const now = performance.now();
    if (
      text === this.#lastText ||
      now - this.#lastAt < (this.#isTerminal ? terminalMs : otherwiseMs)
    )
      return;
    this.#lastAt = now;
    this.#lastText = text;
    if (this.#isTerminal) process.stderr.write(`\r\x1b[K${text}`);
    else say(text);
    this.#hasOpenLine = this.#isTerminal;
  }

  /** Removes the last line that was to be replaced. */
  endLine(): void {
    if (this.#hasOpenLine) process.stderr.write("\r\x1b[K");
    this.#hasOpenLine = false;
  }
}
