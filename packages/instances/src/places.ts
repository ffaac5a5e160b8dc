import { execFileSync } from "node:child_process";
import { homedir, userInfo } from "node:os";
import { join } from "node:path";

/** A folder with a folder for each instance of one user. */
export interface Place {
  readonly folder: string;
  /** Name of the user whose instances are there. */
  readonly user: string;
}

/** What decides where instances are noted. */
export interface Surroundings {
  readonly uid: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Name and home of a user, by number. */
  readonly lookUp: (uid: number) => { readonly name: string; readonly home: string } | undefined;
}

/** Root's instances: below /run, so that everybody sees them. */
const rootFolder = "/run/mirage/instances";

/**
 * The places whose instances are shown, the own one first. A user sees those of root as well, and
 * root those of the user who called sudo, so that it makes no difference who asks.
 */
export function placesOf({ uid, env, lookUp }: Surroundings): readonly [Place, ...Place[]] {
  const root: Place = { folder: rootFolder, user: "root" };
  if (uid !== 0) return [userPlace(uid, env, lookUp), root];
  const caller = Number(env.SUDO_UID ?? Number.NaN);
  if (Number.isInteger(caller) && caller !== 0) return [root, userPlace(caller, env, lookUp)];
  if (env.XDG_STATE_HOME?.startsWith("/")) return [userPlace(0, env, lookUp), root];
  return [root];
}

/** The places that this process sees. */
export function allPlaces(): readonly [Place, ...Place[]] {
  return placesOf({ uid: process.getuid?.() ?? 0, env: process.env, lookUp: lookUpUser });
}

/** The place where this process notes what it starts. */
export function ownPlace(): Place {
  return allPlaces()[0];
}

/** `$XDG_STATE_HOME/mirage/instances`, by default below `~/.local/state`. */
function userPlace(uid: number, env: Surroundings["env"], lookUp: Surroundings["lookUp"]): Place {
  const user = lookUp(uid);
  const state = env.XDG_STATE_HOME?.startsWith("/")
    ? env.XDG_STATE_HOME
    : join(user?.home ?? env.HOME ?? "/", ".local", "state");
  return { folder: join(state, "mirage", "instances"), user: user?.name ?? String(uid) };
}

function lookUpUser(uid: number): { name: string; home: string } | undefined {
  if (uid === process.getuid?.()) {
    try {
      return { name: userInfo().username, home: homedir() };
    } catch {
      return undefined; // a user without an entry, as in many containers
    }
  }
  try {
    const entry = execFileSync("getent", ["passwd", String(uid)], { encoding: "utf8" });
    const [name = "", , , , , home = ""] = entry.split(":");
    return { name, home };
  } catch {
    return undefined;
  }
}
