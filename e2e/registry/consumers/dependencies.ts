import assert from "node:assert/strict";
import { parseConf } from "@mirage/conf";
import { Dependencies } from "@mirage/dependencies";
import { targets } from "@mirage/types";

const { configuration } = parseConf("main-noip: Hello.main\n", "hello.conf");
assert(configuration);
const dependencies = await Dependencies.of(configuration, targets[0], {});
assert(dependencies.lockFile.endsWith("/hello.opam.locked"));
assert.equal(await dependencies.readLock(), undefined);
