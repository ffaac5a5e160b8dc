import type { SignatureName } from "./signatures.js";
import type { Template } from "./template.js";

/** A sort of device that an application can be applied to. */
export interface DeviceKind {
  readonly name: string;
  /** The signature of its module; none where it is a server or a client of cohttp. */
  readonly signature?: SignatureName;
  /** Whether `start` receives a value; the others are modules only. */
  readonly value: boolean;
  /** The OCaml type of that value; `%{module}.t` without one. */
  readonly type?: Template;
  /** The prefix of the key that declares one, `fs` in `fs-NAME`; the others are built in. */
  readonly declaredBy?: string;
  /**
   * The OCaml function from its module's errors to words; without one, the errors are polymorphic
   * variants with `` `Unknown of string`` among them.
   */
  readonly reason?: Template;
  readonly doc: string;
}
