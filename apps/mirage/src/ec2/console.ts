import { consoleOutput } from "@mirage/ec2";
import { print, say } from "../terminal/terminal.js";
import { type AwsFlags, connectionOf } from "./session.js";

/** `mirage ec2 console`: what an instance has said so far. */
export async function consoleEc2(instance: string, options: AwsFlags): Promise<void> {
  const text = await consoleOutput(instance, connectionOf(options));
  if (text === "") say(`AWS has nothing of ${instance} yet; it takes some minutes after a start`);
  else print(text.trimEnd());
}
