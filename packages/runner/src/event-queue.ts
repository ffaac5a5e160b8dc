/** Values that are put in at one end, and awaited by one reader at the other. */
export class EventQueue<T> implements AsyncIterable<T> {
  #waiting: T[] = [];
  #ended = false;
  #wake = () => {};

  push(value: T): void {
    this.#waiting.push(value);
    this.#wake();
  }

  /** No more values: the iteration ends after those that are there. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void> {
    for (;;) {
      const ready = this.#waiting;
      this.#waiting = [];
      yield* ready;
      if (this.#waiting.length > 0) continue;
      if (this.#ended) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
