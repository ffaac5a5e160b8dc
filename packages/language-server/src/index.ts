export { serve } from "./server.js";
export { serveStdio } from "./stdio.js";
