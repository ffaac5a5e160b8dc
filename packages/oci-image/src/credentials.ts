import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

/** A user of a registry. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/**
 * What `docker login` and `podman login` have left for a registry: the first of $REGISTRY_AUTH_FILE,
 * $XDG_RUNTIME_DIR/containers/auth.json and $DOCKER_CONFIG/config.json (~/.docker) that has an entry
 * (containers-auth.json(5)).
 */
export async function credentialsFor(
  registry: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Credentials | undefined> {
  const { REGISTRY_AUTH_FILE, XDG_RUNTIME_DIR, DOCKER_CONFIG } = environment;
  const files = [
    REGISTRY_AUTH_FILE,
    XDG_RUNTIME_DIR && join(XDG_RUNTIME_DIR, "containers/auth.json"),
    join(DOCKER_CONFIG ?? join(environment.HOME ?? homedir(), ".docker"), "config.json"),
  ];
  for (const file of files) {
    const found = file && (await entryOf(file, registry));
    if (found) return found;
  }
  return undefined;
}

async function entryOf(file: string, registry: string): Promise<Credentials | undefined> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  let auth: unknown;
  try {
    auth = JSON.parse(text)?.auths?.[registry]?.auth;
  } catch {
    return undefined;
  }
  if (typeof auth !== "string") return undefined;
  const [user, ...password] = Buffer.from(auth, "base64").toString("utf8").split(":");
  return user ? { user, password: password.join(":") } : undefined;
}
