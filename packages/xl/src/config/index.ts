export { checkXlConfig } from "./check.js";
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
export { type Disk, parseDisk, printDisk } from "./disk.js";
export { type XlKey, type XlKeyType, xlKeys } from "./keys.js";
export { getNumber, getString, getStrings, getValue, setValue } from "./lookup.js";
export { type ParsedXlConfig, parseXlConfig, readXlConfig } from "./parse.js";
export { parseXlValue, type XlValueProblem } from "./parse-value.js";
export { printXlConfig, printXlValue } from "./print.js";
export { type TrustOptions, untrusted } from "./trust.js";
export { parseVif, printVif, type Vif } from "./vif.js";
export type { VifRate } from "./vif-rate.js";
