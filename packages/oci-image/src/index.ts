export type { Blob } from "./blob.js";
export { type Credentials, credentialsFor } from "./credentials.js";
export { composeImage, type Image, type ImageRequest, type RunConfig } from "./image.js";
export { parseReference, type Reference } from "./reference.js";
export { type PushOptions, push } from "./registry.js";
export type { TarContent, TarEntry } from "./tar.js";
export { type WriteOptions, writeArchive, writeLayout } from "./write.js";
