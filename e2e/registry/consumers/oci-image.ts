import assert from "node:assert/strict";
import { composeImage, parseReference } from "@mirage/oci-image";

const image = await composeImage({
  architecture: "amd64",
  files: [{ path: "hello", mode: 0o755, content: Buffer.from("hello") }],
});
assert.match(image.manifest.digest, /^sha256:[0-9a-f]{64}$/);
assert.equal(parseReference("registry.example.org/www").tag, "latest");
