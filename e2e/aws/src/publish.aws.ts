import { expect, test } from "vitest";
import { publishDisk, useAws, usualDisk } from "./support/aws.js";

test("a disk becomes an image", async () => {
  const fake = await useAws();
  const published = await publishDisk(usualDisk());
  expect(fake.actions).toMatchInlineSnapshot(`
    [
      "ec2:DescribeImages",
      "ec2:DescribeImages",
      "ec2:DescribeSnapshots",
      "ebs:StartSnapshot",
      "ebs:PutSnapshotBlock",
      "ebs:PutSnapshotBlock",
      "ebs:PutSnapshotBlock",
      "ebs:PutSnapshotBlock",
      "ebs:PutSnapshotBlock",
      "ebs:CompleteSnapshot",
      "ec2:DescribeSnapshots",
      "ec2:DescribeSnapshots",
      "ec2:RegisterImage",
      "ec2:DescribeImages",
      "ec2:DescribeImages",
    ]
  `);
  expect(published).toMatchInlineSnapshot(`
    {
      "content": "243f668f65ab322e8a6f11446fab7c443bdc7294d16c3bc8d86944d8b9406b70",
      "copies": [],
      "created": true,
      "image": "ami-00000000000000002",
      "name": "www-243f668f65ab",
      "region": "eu-west-1",
      "snapshots": [
        "snap-00000000000000001",
      ],
    }
  `);
});
