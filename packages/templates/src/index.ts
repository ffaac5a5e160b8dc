export { checkName, suggestName } from "./name.js";
export { type InitRequest, planInit } from "./plan-init.js";
export { type Disk, findTemplate, type Template, templates } from "./templates.js";
