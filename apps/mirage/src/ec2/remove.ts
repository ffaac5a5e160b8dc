import { planRemoval, type Removal, remove } from "@mirage/ec2";
import { interruptible } from "@mirage/plan";
import { print } from "../terminal/terminal.js";
import { type AwsFlags, connectionOf } from "./session.js";

interface RemoveEc2Options extends AwsFlags {
  readonly json?: true;
  readonly dryRun?: true;
}

/** `mirage ec2 remove`: images with their snapshots, left-overs, instances. */
export async function removeEc2(ids: readonly string[], options: RemoveEc2Options): Promise<void> {
  const job = options.dryRun ? planRemoval : remove;
  const removals = await interruptible((signal) => job(ids, { ...connectionOf(options), signal }));
  if (options.json) print(JSON.stringify(removals, undefined, 2));
  else for (const removal of removals) print(sentence(removal, options.dryRun === true));
}

function sentence({ id, region, action, snapshots }: Removal, isPlan: boolean): string {
  const what = [id, ...snapshots].join(", ");
  return isPlan ? `${action}  ${region}  ${what}` : `${what} in ${region} removed`;
}
