import assert from "node:assert/strict";
import { parseConf } from "@mirage/conf";

const { configuration, diagnostics } = parseConf(
  "main-ip: P.main\nip-adress: 10.0.0.2\n",
  "p.conf",
);
assert.equal(configuration, undefined);
const [problem] = diagnostics;
assert.equal(problem?.code, "ERR_MIRAGE_CONF_UNKNOWN_KEY");
assert.equal(problem?.span?.start.line, 2);
