import { EXPECTED } from "../src/store/codes";

/** Where a file is malformed, and what was expected there; -1 if it isn't. */
export let failedAt: usize = 0;
export let expected: i32 = -1;

export function clearFailure(): void {
  expected = -1;
}

/** Ends the scan by a trap: WebAssembly's way out of nested calls. */
export function fail(place: usize, what: EXPECTED): void {
  failedAt = place;
  expected = what;
  unreachable();
}
