/** An action of AWS as IAM policies name it, with what a statement that allows it says. */
interface ActionFacts {
  /** The resources of a policy statement. */
  readonly resources: readonly string[];
  /** Whether a successful call begins to cost money, and for what. */
  readonly costs?: string;
}

/** Resources of EC2 by the ends of their ARNs: with an account, or as images and snapshots, without. */
const snapshots = "ec2:*::snapshot/*";
const images = "ec2:*::image/*";
const instances = "ec2:*:*:instance/*";
const volumes = "ec2:*:*:volume/*";
const keys = "kms:*:*:key/*";
const everything = "*";

/** Every action that mirage, or AWS in its name, calls. Describe… actions know no resources. */
export const actions = {
  "ebs:StartSnapshot": { resources: [snapshots] },
  "ebs:PutSnapshotBlock": {
    resources: [snapshots],
    costs: "by the thousand, and storage by the GB",
  },
  "ebs:CompleteSnapshot": { resources: [snapshots] },
  "ec2:DescribeImages": { resources: [everything] },
  "ec2:DescribeInstances": { resources: [everything] },
  "ec2:DescribeRegions": { resources: [everything] },
  "ec2:DescribeSnapshots": { resources: [everything] },
  "ec2:RegisterImage": { resources: [images, snapshots] },
  "ec2:CopyImage": { resources: [images, snapshots], costs: "transfer, and a snapshot there" },
  "ec2:ModifyImageAttribute": { resources: [images] },
  "ec2:EnableImageDeprecation": { resources: [images] },
  "ec2:DeregisterImage": { resources: [images] },
  "ec2:DeleteSnapshot": { resources: [snapshots] },
  "ec2:CreateTags": { resources: [images, snapshots, instances, volumes] },
  "ec2:RunInstances": {
    resources: [
      images,
      snapshots,
      instances,
      volumes,
      "ec2:*:*:key-pair/*",
      "ec2:*:*:network-interface/*",
      "ec2:*:*:security-group/*",
      "ec2:*:*:subnet/*",
    ],
    costs: "an instance, and its volume",
  },
  "ec2:GetConsoleOutput": { resources: [instances] },
  "ec2:TerminateInstances": { resources: [instances] },
  // What EBS does with a key of KMS, where the snapshot or the account encrypts by one.
  "kms:CreateGrant": { resources: [keys] },
  "kms:Decrypt": { resources: [keys] },
  "kms:DescribeKey": { resources: [keys] },
  "kms:GenerateDataKey": { resources: [keys] },
  "kms:GenerateDataKeyWithoutPlaintext": { resources: [keys] },
  "kms:ReEncryptFrom": { resources: [keys] },
  "kms:ReEncryptTo": { resources: [keys] },
} as const satisfies Record<string, ActionFacts>;

export type Action = keyof typeof actions;

/** The partitions of AWS, which ARNs begin with, by the beginnings of their regions' names. */
const partitions = [
  ["cn-", "aws-cn"],
  ["us-gov-", "aws-us-gov"],
  ["us-iso-", "aws-iso"],
  ["us-isob-", "aws-iso-b"],
  ["eu-isoe-", "aws-iso-e"],
  ["us-isof-", "aws-iso-f"],
  ["eusc-", "aws-eusc"],
] as const;

/** The partition of a region; IAM takes no wildcard for it. */
export function partitionOf(region: string): string {
  return partitions.find(([beginning]) => region.startsWith(beginning))?.[1] ?? "aws";
}

/** What begins to cost money when the action succeeds; nothing for most. */
export function costOf(action: Action): string | undefined {
  const facts: ActionFacts = actions[action];
  return facts.costs;
}

/** A statement that allows one action in the partition of a region, on one line. */
export function statementFor(action: Action, region: string): string {
  const resources = resourcesOf(action, partitionOf(region));
  return JSON.stringify({ Effect: "Allow", Action: action, Resource: oneOrAll(resources) });
}

/** The ARNs that an action is about, or `*`. */
export function resourcesOf(action: Action, partition: string): readonly string[] {
  const { resources }: ActionFacts = actions[action];
  return resources.map((one) => (one === everything ? one : `arn:${partition}:${one}`));
}

function oneOrAll(values: readonly string[]): string | readonly string[] {
  return values.length === 1 ? (values[0] ?? "") : values;
}
