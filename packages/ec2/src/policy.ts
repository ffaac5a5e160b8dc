import { type Action, partitionOf, resourcesOf } from "./actions.js";

/** What EBS needs of the key where content is encrypted, by `--encrypt` or as the account has it. */
const encryption = [
  "kms:CreateGrant",
  "kms:Decrypt",
  "kms:DescribeKey",
  "kms:GenerateDataKey",
  "kms:GenerateDataKeyWithoutPlaintext",
  "kms:ReEncryptFrom",
  "kms:ReEncryptTo",
] as const satisfies readonly Action[];

/** What the commands call; DescribeImages and its like take no resource in a policy. */
const needs = {
  publish: [
    "ebs:StartSnapshot",
    "ebs:PutSnapshotBlock",
    "ebs:CompleteSnapshot",
    "ec2:DescribeImages",
    "ec2:DescribeSnapshots",
    "ec2:RegisterImage",
    "ec2:CopyImage",
    "ec2:ModifyImageAttribute",
    "ec2:EnableImageDeprecation",
    "ec2:DeregisterImage",
    "ec2:DeleteSnapshot",
    "ec2:CreateTags",
    ...encryption,
  ],
  list: [
    "ec2:DescribeImages",
    "ec2:DescribeInstances",
    "ec2:DescribeRegions",
    "ec2:DescribeSnapshots",
  ],
  remove: [
    "ec2:DescribeImages",
    "ec2:DescribeInstances",
    "ec2:DescribeSnapshots",
    "ec2:DeregisterImage",
    "ec2:DeleteSnapshot",
    "ec2:TerminateInstances",
  ],
  launch: [
    "ec2:DescribeImages",
    "ec2:DescribeInstances",
    "ec2:RunInstances",
    "ec2:CreateTags",
    "ec2:GetConsoleOutput",
    ...encryption,
  ],
} as const satisfies Record<string, readonly Action[]>;

/** A job that a policy allows. */
export type Job = keyof typeof needs;

export const jobs = Object.keys(needs) as Job[];

/** Things that only some jobs make, and so only they tag. */
const tagged: Readonly<Record<Job, RegExp>> = {
  publish: /:(image|snapshot)\//,
  list: /^$/,
  remove: /^$/,
  launch: /:(instance|volume)\//,
};

/**
 * The smallest IAM policy for these jobs, as the JSON document that IAM takes, for the partition that
 * a region belongs to.
 */
export function policy(wanted: readonly Job[] = jobs, region = "us-east-1"): string {
  const needed = [...new Set(wanted.flatMap((job): readonly Action[] => needs[job]))].sort();
  const groups = new Map<string, Action[]>();
  for (const action of needed) {
    const all = resourcesOf(action, partitionOf(region));
    const own =
      action === "ec2:CreateTags"
        ? all.filter((arn) => wanted.some((job) => tagged[job].test(arn)))
        : all;
    const resources = own.join(" ");
    groups.set(resources, [...(groups.get(resources) ?? []), action]);
  }
  const statements = [...groups].map(([resources, actions]) => ({
    Effect: "Allow",
    Action: actions,
    Resource: resources.split(" "),
  }));
  return JSON.stringify({ Version: "2012-10-17", Statement: statements }, undefined, 2);
}
