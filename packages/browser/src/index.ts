export { type Served, serve } from "./serve.js";
export { type PageOptions, writePage } from "./site-folder.js";
