/**
 * What is used of the AWS SDK. `bundle.mjs` joins it into dist/sdk, so that whoever installs this
 * package gets one megabyte and not the forty of the SDK's packages.
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
