export type {
  Action,
  Plan,
  RemoveAction,
  RunAction,
  StepAction,
  StepContext,
  WriteAction,
} from "./action.js";
export { type DescribeOptions, describeAction, describePlan, planData } from "./describe.js";
export { type ExecuteOptions, execute, type PlanEvent } from "./execute.js";
export { interruptible } from "./interruptible.js";
export { type Recorded, record } from "./record.js";
export { writeFileAtomically } from "./write-file.js";
