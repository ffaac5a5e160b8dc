import { ByteTable } from "./byte-table";
import { Ints } from "./ints";

// What is collected from opam files; see ../src/store/layout.ts.
export const strings: ByteTable = new ByteTable();
export const names: ByteTable = new ByteTable();
export const versions: ByteTable = new ByteTable();
/** By filter: where it starts in `filterCode`. */
export const filters: Ints = new Ints(1 << 6);
export const filterCode: Ints = new Ints(1 << 8);
export const code: Ints = new Ints(1 << 10);
export const rows: Ints = new Ints(1 << 8);
