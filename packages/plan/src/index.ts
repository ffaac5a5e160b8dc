export type {
  Action,
  CommandOutcome,
  Plan,
  RemoveAction,
  RunAction,
  StepAction,
  StepContext,
  Verdict,
  WriteAction,
} from "./action.js";
export { type DescribeOptions, describeAction, describePlan, planData } from "./describe.js";
export { type ExecuteOptions, execute, type PlanEvent } from "./execute.js";
export { type EntryKind, entryKind } from "./folder/entry.js";
export { type ReadOptions, readInside } from "./folder/read.js";
export { removeInside } from "./folder/remove.js";
export { openInside, writeInside } from "./folder/write.js";
export { interruptible } from "./interruptible.js";
export { type Recorded, record } from "./record.js";
export { withSocketPath } from "./socket-path.js";
export { writeFileAtomically } from "./write-file.js";
