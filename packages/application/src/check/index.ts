export { checkTrust, describeTrust, trustOrRefuse } from "../trust.js";
export { allProblems } from "./all-problems.js";
export { loadChecked } from "./lines.js";
export { problemsOf, refuseErrors } from "./problems-of.js";
export { moduleOf } from "./sources.js";
