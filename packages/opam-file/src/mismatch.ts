import type { Located } from "./ast.js";

/** Thrown by the typed readers when a value is not of the kind its field wants. */
export class Mismatch extends Error {
  readonly place: Located;
  readonly hint: string | undefined;

  constructor(place: Located, message: string, hint?: string) {
    super(message);
    this.place = place;
    this.hint = hint;
  }
}
