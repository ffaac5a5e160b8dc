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

test("the policy in the docs is this one", () => {
  const [, text = ""] = /```json\n(.*?)\n```/s.exec(readFileSync(docs, "utf8")) ?? [];
  expect(JSON.parse(text)).toEqual(JSON.parse(policy(["publish", "list", "remove"])));
});
