// node tools/affected.mjs PROJECT: exit code 0 when what has changed since $MIRAGE_BASE can break the
// project, or when there is no base to compare with; 1 when it cannot.
import { affectedProjects } from "./workspace.mjs";

const [project] = process.argv.slice(2);
const affected = affectedProjects();
process.exitCode = affected === undefined || affected.includes(project) ? 0 : 1;
