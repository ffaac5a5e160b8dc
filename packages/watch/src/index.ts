export { keepUpToDate, type Running, type WatchedProgram } from "./keep-up-to-date.js";
export { type FileChanges, type WatchedFiles, watchFiles } from "./watch-files.js";
