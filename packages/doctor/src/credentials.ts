import { constants } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Check } from "./finding.js";
import { may } from "./look.js";

/** That there are credentials for AWS. Where they are is said, never what they are. */
export const credentialsCheck: Check = {
  name: "AWS credentials",
  async examine() {
    const found = await whereCredentialsAre();
    if (found !== undefined) return { state: "ok", detail: found };
    return {
      state: "optional",
      detail: "none found; needed to publish machine images",
      advice:
        "write ~/.aws/credentials, or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    };
  },
};

async function whereCredentialsAre(): Promise<string | undefined> {
  const { env } = process;
  if (env.AWS_ACCESS_KEY_ID && env.AWS_SECRET_ACCESS_KEY) return "in the environment";
  if (env.AWS_CONTAINER_CREDENTIALS_FULL_URI || env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI) {
    return "from the container's role";
  }
  if (env.AWS_WEB_IDENTITY_TOKEN_FILE && env.AWS_ROLE_ARN) return "from a web identity";
  const folder = join(env.HOME ?? homedir(), ".aws");
  const files = [
    env.AWS_SHARED_CREDENTIALS_FILE ?? join(folder, "credentials"),
    env.AWS_CONFIG_FILE ?? join(folder, "config"),
  ];
  const profile = env.AWS_PROFILE === undefined ? "" : `, profile ${env.AWS_PROFILE}`;
  for (const file of files) if (await may(file, constants.R_OK)) return `in ${file}${profile}`;
  return undefined;
}
