import assert from "node:assert/strict";
import { parseXlConfig, printXlConfig, xlConfig } from "@mirage/xl/config";

const config = xlConfig({ name: "www", kernel: "mir-www.xen", memory: 32, vif: ["bridge=br0"] });
const text = printXlConfig(config);
assert.match(text, /memory = 32/);
const { config: again } = parseXlConfig(text, "www.xl");
assert(again !== undefined && printXlConfig(again) === text);
