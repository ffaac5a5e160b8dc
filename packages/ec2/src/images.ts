import { MirageError } from "@mirage/diagnostics";
import {
  CopyImageCommand,
  DescribeImagesCommand,
  EnableImageDeprecationCommand,
  type Filter,
  type Image,
  ModifyImageAttributeCommand,
  RegisterImageCommand,
} from "#sdk";
import type { Connection } from "./connection.js";
import { awsErrorName } from "./failure.js";
import { allPages } from "./pages.js";
import type { Encryption } from "./request.js";
import type { MachineImage, Tags } from "./resources.js";
import { usualPatience } from "./snapshots.js";
import { fromAwsTags, toAwsTags, withContent } from "./tags.js";
import { type PollOptions, waitUntil } from "./wait.js";

/** How an image boots: GRUB in the master boot record of an HVM guest. */
const boot = {
  Architecture: "x86_64",
  VirtualizationType: "hvm",
  BootMode: "legacy-bios",
  RootDeviceName: "/dev/xvda",
} as const;

/** States that never become `available`. */
const finalStates = new Set(["deregistered", "error", "failed", "invalid"]);

export function isBroken({ state }: MachineImage): boolean {
  return finalStates.has(state);
}

export async function describeImages(
  connection: Connection,
  what: { readonly filters?: Filter[]; readonly ids?: string[] },
  signal?: AbortSignal,
): Promise<MachineImage[]> {
  return allPages(async (token) => {
    const page = await connection.call(
      "ec2:DescribeImages",
      (http) =>
        connection.ec2.send(
          new DescribeImagesCommand({
            Owners: ["self"],
            ...(what.filters ? { Filters: what.filters } : {}),
            ...(what.ids ? { ImageIds: what.ids } : {}),
            ...token,
          }),
          http,
        ),
      signal,
    );
    return { items: (page.Images ?? []).map(fromAws), next: page.NextToken };
  });
}

/** The image with this content; whole ones first. */
export async function findImages(
  connection: Connection,
  contentId: string,
  signal?: AbortSignal,
): Promise<MachineImage[]> {
  const images = await describeImages(connection, { filters: [withContent(contentId)] }, signal);
  const rank = (image: MachineImage) =>
    image.state === "available" ? 0 : image.state === "pending" ? 1 : 2;
  return images.sort((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : 1));
}

export async function findImageNamed(
  connection: Connection,
  name: string,
  signal?: AbortSignal,
): Promise<MachineImage | undefined> {
  const filters = [{ Name: "name", Values: [name] }];
  return (await describeImages(connection, { filters }, signal))[0];
}

export interface ImageRequest {
  readonly name: string;
  readonly description: string;
  readonly tags: Tags;
  readonly encryption?: Encryption;
  /** `v2`: its instances answer about themselves (IMDS) only to who has fetched a token. */
  readonly imds?: "v2";
}

/**
 * Registers a snapshot as an image. There is no client token: an answer that was lost shows when
 * the name is taken, and then by that image's content.
 */
export async function registerImage(
  connection: Connection,
  snapshot: string,
  request: ImageRequest,
): Promise<string | undefined> {
  try {
    const register = () =>
      connection.ec2.send(
        new RegisterImageCommand({
          ...boot,
          Name: request.name,
          Description: request.description,
          BlockDeviceMappings: [
            {
              DeviceName: boot.RootDeviceName,
              Ebs: { SnapshotId: snapshot, VolumeType: "gp3", DeleteOnTermination: true },
            },
          ],
          TagSpecifications: [{ ResourceType: "image", Tags: toAwsTags(request.tags) }],
          ...(request.imds === "v2" ? { ImdsSupport: "v2.0" as const } : {}),
        }),
      );
    const { ImageId } = await connection.call("ec2:RegisterImage", register, undefined, {
      names: ["InvalidSnapshot.NotFound"],
    });
    return ImageId;
  } catch (error) {
    if (awsErrorName(error) === "InvalidAMIName.Duplicate") return undefined;
    throw error;
  }
}

/** Begins a copy in the region of `to`; the token makes repetitions harmless. */
export async function copyImage(
  to: Connection,
  source: { readonly id: string; readonly region: string },
  request: ImageRequest,
  token: string,
): Promise<string> {
  const tags = toAwsTags(request.tags);
  const { encryption } = request;
  const key = encryption?.key && keyInRegion(encryption.key, to.region);
  const copy = () =>
    to.ec2.send(
      new CopyImageCommand({
        Name: request.name,
        Description: request.description,
        SourceImageId: source.id,
        SourceRegion: source.region,
        ClientToken: token,
        TagSpecifications: [
          { ResourceType: "image", Tags: tags },
          { ResourceType: "snapshot", Tags: tags },
        ],
        ...(encryption ? { Encrypted: true } : {}),
        ...(key ? { KmsKeyId: key } : {}),
      }),
    );
  const { ImageId = "" } = await to.call("ec2:CopyImage", copy, undefined, imageSettling);
  return ImageId;
}

/** A key of several regions (`mrk-…`) by its ARN in one of them. */
function keyInRegion(arn: string, region: string): string {
  return arn.replace(/^(arn:[\w-]+:kms:)[\w-]+/, `$1${region}`);
}

/** Has EC2 hide an image from lists from some time on; it can still be launched by its id. */
export async function deprecateImage(connection: Connection, id: string, at: Date): Promise<void> {
  const deprecate = () =>
    connection.ec2.send(new EnableImageDeprecationCommand({ ImageId: id, DeprecateAt: at }));
  await connection.call("ec2:EnableImageDeprecation", deprecate, undefined, imageSettling);
}

/** What EC2 says of an image that is too new. */
const imageSettling = { names: ["InvalidAMIID.NotFound", "InvalidAMIID.Unavailable"] };

/** Waits until the image is `available`. @throws MirageError when it never will be */
export async function waitForImage(
  connection: Connection,
  id: string,
  poll: PollOptions,
  signal: AbortSignal | undefined,
  onState: (state: string) => void,
): Promise<MachineImage> {
  const what = `the image ${id} in ${connection.region}`;
  let unseen = 0;
  return waitUntil(
    what,
    async () => {
      const image = await describeOne(connection, id, signal);
      // A new image may not be visible everywhere at once.
      const state = image?.state ?? (unseen++ < usualPatience ? "pending" : "deregistered");
      onState(state);
      if (image?.state === "available") return { done: image };
      if (finalStates.has(state)) {
        const reason = image?.stateReason ? `: ${image.stateReason}` : "";
        throw new MirageError("ERR_MIRAGE_EC2_IMAGE", `${what} became ${state}${reason}`, {
          hint: "run the command again; if it goes on, ask AWS with the reason above",
        });
      }
      return { state };
    },
    poll,
    signal,
  );
}

async function describeOne(
  connection: Connection,
  id: string,
  signal: AbortSignal | undefined,
): Promise<MachineImage | undefined> {
  try {
    return (await describeImages(connection, { ids: [id] }, signal))[0];
  } catch (error) {
    if (awsErrorName(error) === "InvalidAMIID.NotFound") return undefined;
    throw error;
  }
}

/** Who may launch an image: account numbers, `all`, or ARNs of organizations and their units. */
export async function shareImage(
  connection: Connection,
  id: string,
  principals: readonly string[],
): Promise<void> {
  if (principals.length === 0) return;
  const share = () =>
    connection.ec2.send(
      new ModifyImageAttributeCommand({
        ImageId: id,
        LaunchPermission: { Add: principals.map(toPermission) },
      }),
    );
  await connection.call("ec2:ModifyImageAttribute", share, undefined, imageSettling);
}

function toPermission(principal: string) {
  if (principal === "all") return { Group: "all" as const };
  if (principal.includes(":ou/")) return { OrganizationalUnitArn: principal };
  if (principal.startsWith("arn:")) return { OrganizationArn: principal };
  return { UserId: principal };
}

function fromAws(image: Image): MachineImage {
  return {
    id: image.ImageId ?? "",
    name: image.Name ?? "",
    state: image.State ?? "pending",
    ...(image.StateReason?.Message ? { stateReason: image.StateReason.Message } : {}),
    snapshots: (image.BlockDeviceMappings ?? []).flatMap(({ Ebs }) => Ebs?.SnapshotId ?? []),
    isEncrypted: (image.BlockDeviceMappings ?? []).every(({ Ebs }) => Ebs?.Encrypted ?? false),
    isPublic: image.Public ?? false,
    ...(image.CreationDate ? { created: image.CreationDate } : {}),
    tags: fromAwsTags(image.Tags),
  };
}
