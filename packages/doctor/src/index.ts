export { checkGroups, type Requirements } from "./check-groups.js";
export { describeMend } from "./describe-mend.js";
export { examine } from "./examine.js";
export type { Check, CheckGroup, ExaminedGroup, Finding, Mend, State } from "./finding.js";
export { planMends } from "./plan-mends.js";
