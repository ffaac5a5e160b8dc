import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { jobs, policy } from "./policy.js";

const docs = join(import.meta.dirname, "../../../docs/ec2.md");

test("the policy allows what a job needs, and nothing else", () => {
  const { Version, Statement } = JSON.parse(policy(["list"]));
  expect(Version).toBe("2012-10-17");
  expect(Statement).toEqual([
    {
      Effect: "Allow",
      Action: [
        "ec2:DescribeImages",
        "ec2:DescribeInstances",
        "ec2:DescribeRegions",
        "ec2:DescribeSnapshots",
      ],
      Resource: ["*"],
    },
  ]);
  const everything = JSON.parse(policy()).Statement.flatMap(
    ({ Action }: { Action: string[] }) => Action,
  );
  for (const job of jobs) {
    for (const { Action } of JSON.parse(policy([job])).Statement)
      expect(everything).toEqual(expect.arrayContaining(Action));
  }
});

test("ARNs are those of the region's partition, and no wider than they must be", () => {
  const arns = (region?: string) =>
    JSON.parse(policy(undefined, region))
      .Statement.flatMap(({ Resource }: { Resource: string[] }) => Resource)
      .filter((resource: string) => resource !== "*");
  for (const [region, partition] of [
    ["eu-west-1", "aws"],
    ["cn-north-1", "aws-cn"],
    ["us-gov-west-1", "aws-us-gov"],
    ["us-iso-east-1", "aws-iso"],
    ["us-isob-east-1", "aws-iso-b"],
    ["eusc-de-east-1", "aws-eusc"],
  ] as const) {
    for (const arn of arns(region)) {
      expect(arn).toMatch(new RegExp(`^arn:${partition}:(ec2|kms):\\*:\\*?:[a-z-]+/\\*$`));
    }
  }
  const tagging = (job: "publish" | "launch") =>
    JSON.parse(policy([job])).Statement.find(({ Action }: { Action: string[] }) =>
      Action.includes("ec2:CreateTags"),
    ).Resource;
  expect(tagging("publish")).toEqual(["arn:aws:ec2:*::image/*", "arn:aws:ec2:*::snapshot/*"]);
  expect(tagging("launch")).toEqual(["arn:aws:ec2:*:*:instance/*", "arn:aws:ec2:*:*:volume/*"]);
});

test("what publishes and launches may use the key that encrypts", () => {
  for (const job of ["publish", "launch"] as const) {
    expect(policy([job])).toContain("kms:CreateGrant");
    expect(policy([job])).toContain("arn:aws:kms:*:*:key/*");
  }
  expect(policy(["list", "remove"])).not.toContain("kms:");
});

test("the policy in the docs is this one", () => {
  const [, text = ""] = /```json\n(.*?)\n```/s.exec(readFileSync(docs, "utf8")) ?? [];
  expect(JSON.parse(text)).toEqual(JSON.parse(policy(["publish", "list", "remove"])));
});
