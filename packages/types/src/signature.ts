/** A module type of `V1`, and under the same name of `V1_LWT`. */
export interface Signature {
  readonly name: string;
  /** What it stands for, in one sentence. */
  readonly doc: string;
  /** Whether it includes DEVICE, whose members are then not repeated here. */
  readonly device: boolean;
  readonly types: readonly string[];
  readonly modules: readonly string[];
  readonly values: readonly string[];
}
