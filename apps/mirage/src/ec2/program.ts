import { type Command, InvalidArgumentError, Option } from "commander";
import { wholeNumber } from "../terminal/whole-number.js";

type MakeCommand = (
  program: Command,
  name: string,
  description: string,
  verbose?: string,
) => Command;

/** `mirage publish ec2`, and what tends the images afterwards: `mirage ec2 …`. */
export function addEc2Commands(program: Command, publish: Command, command: MakeCommand): void {
  const conf = ["[FILE]", "the .conf file; without it, the only one of this folder"] as const;
  const dryRun = ["--dry-run", "print every call to AWS, mark those that cost, make none"] as const;

  connecting(
    command(
      publish,
      "ec2",
      "publish the built kernel as an Amazon machine image (AMI)",
      "print every step, and causes and stacks of errors",
    ),
  )
    .argument(...conf)
    .option("-q, --quiet", "print the result, warnings and errors only")
    .option("--disk <FILE>", "publish this disk image, not one made of the built kernel")
    .option("--size <SIZE>", "the disk's size, such as 64M or 1G; by default the least that fits")
    .option("--append <WORDS>", "words for the kernel's command line")
    .option("--image-name <NAME>", "the image's name; by default NAME and its content's hash")
    .addOption(repeatable("--copy-to <REGION>", "also make a copy in this region; repeatable"))
    .addOption(
      repeatable(
        "--share-with <WHOM>",
        "let an account (12 digits), `all`, or an organization's ARN launch it; repeatable",
      ),
    )
    .addOption(repeatable("--tag <KEY=VALUE>", "a further tag of image and snapshot; repeatable"))
    .option("--encrypt", "encrypt snapshots and volumes, with the account's key for EBS")
    .option(
      "--kms-key <ARN>",
      "encrypt with this key of KMS; with --copy-to, one of several regions",
    )
    .addOption(
      new Option("--imds <VERSION>", "v2: instances ask for their data with a token only").choices([
        "v2",
      ]),
    )
    .option("--deprecate-after <DAYS>", "days after which EC2 shows it no more", days)
    .option("--static-address", "publish an image with a fixed address all the same")
    .option("--workers <COUNT>", "blocks sent at once, each takes 0.5 MiB of memory", workers, 64)
    .addOption(
      new Option("--output <FORMAT>", "what to print at the end").choices(["json", "terraform"]),
    )
    .option("--json", "the same as --output json")
    .option(...dryRun)
    .action(async (file, options) => {
      const { publishEc2 } = await import("./publish.js");
      await publishEc2(file, options);
    });

  const ec2 = command(program, "ec2", "list, launch and remove what was published to Amazon EC2");

  connecting(command(ec2, "list", "list images, what is left of interrupted runs, and instances"))
    .description("list images, left-overs and instances, in all regions unless --region is given")
    .option("--json", "print the list as JSON")
    .action(async (options) => {
      const { listEc2 } = await import("./list.js");
      await listEc2(options);
    });

  connecting(command(ec2, "remove", "remove images with their snapshots, left-overs, instances"))
    .argument("<ID...>", "ami-…, snap-… or i-…, as list shows them")
    .option("--json", "print what was removed as JSON")
    .option("--dry-run", "print what would be removed, remove nothing")
    .action(async (ids, options) => {
      const { removeEc2 } = await import("./remove.js");
      await removeEc2(ids, options);
    });

  connecting(command(ec2, "launch", "launch an instance and print what it says on its console"))
    .argument("<IMAGE>", "ami-…, as publish and list show it")
    .option("--type <TYPE>", "an instance type that runs on Xen", "t2.micro")
    .addOption(
      repeatable("--security-group <ID>", "sg-…; repeatable; without one the network's default"),
    )
    .option("--key <NAME>", "a key pair for the instance; a unikernel has no use for it")
    .option("--subnet <ID>", "subnet-…; without it one of the default network")
    .option("--no-wait", "end when it runs, do not wait for its console")
    .option("--json", "print the instance as JSON")
    .option("--dry-run", "print what would be called, call nothing")
    .action(async (image, options) => {
      const { launchEc2 } = await import("./launch.js");
      await launchEc2(image, options);
    });

  connecting(command(ec2, "console", "print what an instance has said on its console"))
    .argument("<INSTANCE>", "i-…, as launch and list show it")
    .action(async (instance, options) => {
      const { consoleEc2 } = await import("./console.js");
      await consoleEc2(instance, options);
    });

  command(ec2, "policy", "print the smallest IAM policy that these commands need")
    .argument("[JOB...]", "publish, list, remove, launch; by default all of them")
    .option("--region <REGION>", "one of the partition it is for, such as cn-north-1")
    .action(async (jobs, options) => {
      const { policyEc2 } = await import("./policy.js");
      await policyEc2(jobs, options);
    });
}

function connecting(command: Command): Command {
  return command
    .option("--region <REGION>", "the region; by default AWS_REGION, or the profile's")
    .option("--profile <NAME>", "a profile of ~/.aws/config; by default AWS_PROFILE");
}

function repeatable(flags: string, description: string): Option {
  return new Option(flags, description).argParser((value: string, before: string[] | undefined) => [
    ...(before ?? []),
    value,
  ]);
}

function days(text: string): number {
  const count = wholeNumber(text);
  if (count >= 1) return count;
  throw new InvalidArgumentError("It is not a number of days.");
}

function workers(text: string): number {
  const count = wholeNumber(text);
  if (count >= 1 && count <= 256) return count;
  throw new InvalidArgumentError("It is not a number from 1 to 256.");
}
