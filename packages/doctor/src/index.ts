export { checkGroups, type Requirements } from "./check-groups.js";
export { describeFix } from "./describe-fix.js";
export { examine } from "./examine.js";
export type { Check, CheckGroup, ExaminedGroup, Finding, Fix, State } from "./finding.js";
export { planFixes } from "./plan-fixes.js";
