/**
 * The parts of the AWS SDK that are used. `bundle.mjs` bundles them into dist/sdk: one megabyte instead
 * of the forty of the SDK's packages.
 */
export {
  CompleteSnapshotCommand,
  EBSClient,
  PutSnapshotBlockCommand,
  StartSnapshotCommand,
} from "@aws-sdk/client-ebs";
export {
  CopyImageCommand,
  DeleteSnapshotCommand,
  DeregisterImageCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeRegionsCommand,
  DescribeSnapshotsCommand,
  EC2Client,
  EnableImageDeprecationCommand,
  type Filter,
  GetConsoleOutputCommand,
  type Image,
  type Instance,
  ModifyImageAttributeCommand,
  RegisterImageCommand,
  RunInstancesCommand,
  type Snapshot,
  type Tag,
  type TagSpecification,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
