// Checks that packages use only what lies below them, and only the scopes that they may, tests included.
import { complaintsAbout } from "./layers/check.mjs";
import { root } from "./workspace.mjs";

const complaints = complaintsAbout(root);
for (const complaint of complaints) console.error(complaint);
process.exitCode = complaints.length === 0 ? 0 : 1;
