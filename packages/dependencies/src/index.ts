export { type Chosen, Dependencies } from "./dependencies.js";
export type { OpamOptions } from "./installation.js";
export { type Agreed, type Loss, lossInWords } from "./losses.js";
export { type Offered, offered } from "./offered.js";
export { type TargetProblem, targetProblems } from "./target-problems.js";
