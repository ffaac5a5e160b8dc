/** A place in the text: UTF-16 offsets, `end` exclusive. */
export interface Located {
  readonly start: number;
  readonly end: number;
}

/** Comparison operators. The obsolete `~` is read as `>=`, as opam does. */
export type RelOp = "=" | "!=" | "<" | "<=" | ">" | ">=";

/** Operators of environment updates (`setenv`, `build-env`); a plain `=` is a {@link RelopValue}. */
export type EnvOp = "+=" | "=+" | ":=" | "=:" | "=+=";

export interface BoolValue extends Located {
  readonly kind: "bool";
  readonly value: boolean;
}

export interface IntValue extends Located {
  readonly kind: "int";
  readonly value: number;
}

/**
 * A string with its escapes resolved. Bytes above 127 written as escapes are read as UTF-8; those
 * that are not valid UTF-8 appear as lone surrogates U+DC80…U+DCFF and are printed as escapes again.
 */
export interface StringValue extends Located {
  readonly kind: "string";
  readonly value: string;
}

/** An identifier: `with-test`, `os`, `conf-g++:installed`, `_:share`. */
export interface IdentValue extends Located {
  readonly kind: "ident";
  readonly name: string;
}

/** `[ … ]` */
export interface ListValue extends Located {
  readonly kind: "list";
  readonly items: readonly Value[];
}

/** `( … )` */
export interface GroupValue extends Located {
  readonly kind: "group";
  readonly items: readonly Value[];
}

/** `value { … }` */
export interface OptionValue extends Located {
  readonly kind: "option";
  readonly value: Value;
  readonly options: readonly Value[];
}

/** `left op right`, as in `os = "linux"` */
export interface RelopValue extends Located {
  readonly kind: "relop";
  readonly op: RelOp;
  readonly left: Atom;
  readonly right: Atom;
}

/** `op value`, as in `>= "1.0"` */
export interface PrefixRelopValue extends Located {
  readonly kind: "prefix-relop";
  readonly op: RelOp;
  readonly value: Atom;
}

/** `left += right` */
export interface EnvValue extends Located {
  readonly kind: "env";
  readonly op: EnvOp;
  readonly left: Atom;
  readonly right: Atom;
}

/** `a & b & c` or `a | b | c`: two or more operands, never one of the same kind. `&` binds tighter. */
export interface LogopValue extends Located {
  readonly kind: "and" | "or";
  readonly items: readonly Value[];
}

/** `!value` or `?value` */
export interface PrefixValue extends Located {
  readonly kind: "not" | "defined";
  readonly value: Value;
}

export type Atom = BoolValue | IntValue | StringValue | IdentValue;

export type Value =
  | Atom
  | ListValue
  | GroupValue
  | OptionValue
  | RelopValue
  | PrefixRelopValue
  | EnvValue
  | LogopValue
  | PrefixValue;

/** `name: value`. The name takes the first `name.length` characters of the field. */
export interface Field extends Located {
  readonly kind: "field";
  readonly name: string;
  readonly value: Value;
}

/** `name { items }` or `name "label" { items }` */
export interface Section extends Located {
  readonly kind: "section";
  readonly name: string;
  readonly label: string | undefined;
  readonly items: readonly Item[];
}

export type Item = Field | Section;

/** A file in the opam format: its fields and sections in order, and the text they were read from. */
export interface OpamFile {
  readonly file: string;
  readonly text: string;
  readonly items: readonly Item[];
}
