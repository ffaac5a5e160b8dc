import assert from "node:assert/strict";
import { generate } from "@mirage/codegen";
import { parseConf } from "@mirage/conf";
import { targets } from "@mirage/types";

const { configuration } = parseConf("main-noip: Hello.main\n", "hello.conf");
assert(configuration !== undefined);
const files = generate(configuration, targets[0]);
assert(files.some(({ path, content }) => path === "main.ml" && content.includes("Hello.main")));
