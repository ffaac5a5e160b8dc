export { withoutJavaScript } from "./c-stubs.js";
export { shortestChain } from "./chain.js";
export { Libraries, type Library } from "./libraries.js";
export { type Meta, type MetaDefinition, metaValue, parseMeta } from "./meta.js";
