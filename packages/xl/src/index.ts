export {
  toXlValue,
  type XlConfig,
  type XlEntry,
  type XlInput,
  type XlList,
  type XlNumber,
  type XlString,
  type XlValue,
  xlConfig,
} from "./config.js";
export { type ParsedXlConfig, parseXlConfig, readXlConfig } from "./parse.js";
export { printXlConfig, printXlValue } from "./print.js";
