import { type Action, resourcesOf } from "./actions.js";

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
    "ec2:DeregisterImage",
    "ec2:DeleteSnapshot",
    "ec2:CreateTags",
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
  ],
} as const satisfies Record<string, readonly Action[]>;

/** A job that a policy allows. */
export type Job = keyof typeof needs;

export const jobs = Object.keys(needs) as Job[];

/** The smallest IAM policy for these jobs, as the JSON document that IAM takes. */
export function policy(wanted: readonly Job[] = jobs): string {
  const needed = [...new Set(wanted.flatMap((job): readonly Action[] => needs[job]))].sort();
  const groups = new Map<string, Action[]>();
  for (const action of needed) {
    const resources = resourcesOf(action).join(" ");
    groups.set(resources, [...(groups.get(resources) ?? []), action]);
  }
  const statements = [...groups].map(([resources, actions]) => ({
    Effect: "Allow",
    Action: actions,
    Resource: resources.split(" "),
  }));
  return JSON.stringify({ Version: "2012-10-17", Statement: statements }, undefined, 2);
}
