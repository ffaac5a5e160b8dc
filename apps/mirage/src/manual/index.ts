export { toMarkdown } from "./markdown.js";
export { describeCommands } from "./reference.js";
export { toManual } from "./roff.js";
