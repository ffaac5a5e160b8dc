/** An action of AWS as IAM policies name it, with what a statement that allows it says. */
interface ActionFacts {
  /** The resources of a policy statement. */
  readonly resources: readonly string[];
  /** Whether a successful call begins to cost money, and for what. */
  readonly costs?: string;
}

const snapshots = "arn:aws:ec2:*::snapshot/*";
const images = "arn:aws:ec2:*::image/*";
const everything = "*";

/** Every action that this package may call. Describe… actions know no resources. */
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
  "ec2:DeregisterImage": { resources: [images] },
  "ec2:DeleteSnapshot": { resources: [snapshots] },
  "ec2:CreateTags": { resources: ["arn:aws:ec2:*:*:*"] },
  "ec2:RunInstances": { resources: ["arn:aws:ec2:*:*:*"], costs: "an instance, and its volume" },
  "ec2:GetConsoleOutput": { resources: ["arn:aws:ec2:*:*:instance/*"] },
  "ec2:TerminateInstances": { resources: ["arn:aws:ec2:*:*:instance/*"] },
} as const satisfies Record<string, ActionFacts>;

export type Action = keyof typeof actions;

/** What begins to cost money when the action succeeds; nothing for most. */
export function costOf(action: Action): string | undefined {
  const facts: ActionFacts = actions[action];
  return facts.costs;
}

/** A statement that allows one action, on one line. */
export function statementFor(action: Action): string {
  const { resources }: ActionFacts = actions[action];
  return JSON.stringify({ Effect: "Allow", Action: action, Resource: oneOrAll(resources) });
}

export function resourcesOf(action: Action): readonly string[] {
  return actions[action].resources;
}

function oneOrAll(values: readonly string[]): string | readonly string[] {
  return values.length === 1 ? (values[0] ?? "") : values;
}
