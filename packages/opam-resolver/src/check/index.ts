export { checkPlan } from "./check-plan.js";
export { CheckContext } from "./context.js";
export { compareCosts, planCosts } from "./costs.js";
export { Definitions } from "./definitions.js";
export {
  type Comparison,
  questionOf,
  type RecordedCase,
  type Replayed,
  replay,
} from "./replay.js";
