import { launch, planLaunch } from "@mirage/ec2";
import { interruptible } from "@mirage/plan";
import { table } from "../terminal/table.js";
import { print, say } from "../terminal/terminal.js";
import { type AwsFlags, connectionOf } from "./session.js";

interface LaunchEc2Options extends AwsFlags {
  readonly type: string;
  readonly securityGroup?: readonly string[];
  readonly key?: string;
  readonly subnet?: string;
  readonly wait: boolean;
  readonly json?: true;
  readonly dryRun?: true;
}

/** `mirage ec2 launch`: starts an instance and prints what it says on its console. */
export async function launchEc2(image: string, options: LaunchEc2Options): Promise<void> {
  const { type, key, subnet, securityGroup = [] } = options;
  const request = {
    image,
    type,
    securityGroups: securityGroup,
    ...(key === undefined ? {} : { key }),
    ...(subnet === undefined ? {} : { subnet }),
  };
  if (options.dryRun) {
    const calls = await planLaunch(request, connectionOf(options));
    print(
      table(
        calls.map(({ action, region, what, costs }) => [
          costs ? "costs" : "",
          action,
          region,
          what,
        ]),
      ),
    );
    return;
  }
  const launched = await interruptible((signal) =>
    launch(request, {
      ...connectionOf(options),
      signal,
      ...(options.wait ? {} : { consoleMs: 0 }),
      onEvent: (event) => {
        if (event.type === "started") say(`${event.instance} was started in ${event.region}`);
      },
    }),
  );
  const { id, region, publicAddress, state, console } = launched;
  if (options.json) {
    print(JSON.stringify(launched, undefined, 2));
    return;
  }
  say(`${id} is ${state}${publicAddress ? ` at ${publicAddress}` : ""}`);
  if (console === "") {
    say(`nothing on its console yet: \`mirage ec2 console ${id} --region ${region}\` asks again`);
  } else print(console.trimEnd());
  say(`it costs until \`mirage ec2 remove ${id} --region ${region}\` ends it`);
}
