export { Dependencies } from "./dependencies.js";
export type { OpamOptions } from "./installation.js";
