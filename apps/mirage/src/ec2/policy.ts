import { MirageError } from "@mirage/diagnostics";
import { type Job, jobs, policy } from "@mirage/ec2";
import { print } from "../terminal/terminal.js";

/** `mirage ec2 policy`: the IAM policy that the commands need. */
export async function policyEc2(
  names: readonly string[],
  { region = process.env.AWS_REGION }: { readonly region?: string },
): Promise<void> {
  const wrong = names.filter((name) => !(jobs as readonly string[]).includes(name));
  if (wrong.length > 0) {
    throw new MirageError("ERR_MIRAGE_USAGE", `no policy is known for ${wrong.join(", ")}`, {
      hint: `there is one for ${jobs.join(", ")}`,
      exitCode: 2,
    });
  }
  print(policy(names.length === 0 ? jobs : (names as Job[]), region));
}
