import assert from "node:assert/strict";
import { MirageError } from "@mirage/diagnostics";
import { composeDisk } from "@mirage/disk-image";

await assert.rejects(
  composeDisk({ kernel: "no-such-kernel" }),
  (error) => error instanceof MirageError && error.message.includes("no-such-kernel"),
);
