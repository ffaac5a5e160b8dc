import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** Where journals lie: `mirage/ec2` below XDG_STATE_HOME (XDG Base Directory Specification). */
export function stateFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const { XDG_STATE_HOME: state = "" } = environment;
  return join(isAbsolute(state) ? state : join(homedir(), ".local/state"), "mirage/ec2");
}
