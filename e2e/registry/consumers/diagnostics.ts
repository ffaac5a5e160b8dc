import assert from "node:assert/strict";
import { didYouMean, lineIndex, MirageError, renderError } from "@mirage/diagnostics";

const text = "ip-adress: 10.0.0.2\n";
const span = lineIndex(text).span("a.conf", 0, 9);
const hint = `did you mean ${didYouMean("ip-adress", ["ip-address", "ip-netmask"])}?`;
const error = new MirageError("ERR_MIRAGE_CONF_UNKNOWN_KEY", "unknown key", { hint, span });
assert.match(renderError(error, { source: () => text }), /a\.conf:1:1.*[\s\S]*ip-address\?/);
