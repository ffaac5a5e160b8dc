import { type Diagnostic, MirageError } from "@mirage/diagnostics";
import type { Range } from "./disk.js";
import type { Tags } from "./resources.js";
import { contentTag } from "./tags.js";

/** How the content is encrypted: with a key of KMS, by its ARN, or the account's own for EBS. */
export interface Encryption {
  readonly key?: string;
}

/** What to publish, and for whom. */
export interface PublishRequest {
  /** A raw disk image that boots by BIOS. */
  readonly disk: string;
  /** Where the disk has something, as @mirage/disk-image says it; all of it is read when absent. */
  readonly ranges?: readonly Range[];
  /** Of the application. */
  readonly name: string;
  /** Of the machine image, unique in a region; NAME and the beginning of the content's id when absent. */
  readonly imageName?: string;
  /** Further tags of the image and its snapshot. */
  readonly tags?: Tags;
  /** Regions that get a copy. */
  readonly copyTo?: readonly string[];
  /** Who else may launch it: account numbers, `all`, ARNs of organizations and of their units. */
  readonly shareWith?: readonly string[];
  /** Encrypt snapshots and volumes: with this key of KMS, or the account's own for EBS. */
  readonly encryption?: Encryption;
  /** `v2`: instances answer about themselves (IMDS) only to who has fetched a token. */
  readonly imds?: "v2";
  /** Days after which EC2 hides the image from lists; it can still be launched by its id. */
  readonly deprecateAfterDays?: number;
}

/** As EC2 has it: RegisterImage, Name. */
const imageNames = /^[\w()[\] ./'@-]{3,128}$/;
const regions = /^[a-z]{2,}(-[a-z]+)+-\d+$/;
const kmsKeys = /^arn:[\w-]+:kms:[a-z0-9-]+:\d{12}:(key|alias)\/[\w/-]+$/;
/** EC2's limit of a deprecation: ten years. */
const mostDays = 3650;
const principals = /^(all|\d{12}|arn:[\w-]+:organizations::\d{12}:(organization|ou)\/[\w/-]+)$/;

/** The name of the image of a content. */
export function imageName(
  { name, imageName, encryption }: PublishRequest,
  contentId: string,
): string {
  const beginning = name.replace(/[^\w()[\] ./'@-]/g, "-").slice(0, 100);
  return imageName ?? `${beginning}-${contentId.slice(0, 12)}${encryption ? "-encrypted" : ""}`;
}

/** @throws MirageError with everything that AWS would refuse, before anything is called */
export function checkRequest(request: PublishRequest): void {
  const problems = [
    ...(request.imageName === undefined || imageNames.test(request.imageName)
      ? []
      : [
          problem(
            `\`${request.imageName}\` cannot name an image`,
            "3 to 128 letters, digits and ()[] ./-'@_",
          ),
        ]),
    ...(request.copyTo ?? [])
      .filter((region) => !regions.test(region))
      .map((region) => problem(`\`${region}\` is not a region`, "write it as in eu-central-1")),
    ...(request.shareWith ?? [])
      .filter((one) => !principals.test(one))
      .map((one) =>
        problem(
          `an image cannot be shared with \`${one}\``,
          "an account's 12 digits, `all`, or the ARN of an organization or organizational unit",
        ),
      ),
    ...tagProblems(request.tags ?? {}),
    ...encryptionProblems(request),
    ...(request.deprecateAfterDays === undefined ||
    (Number.isInteger(request.deprecateAfterDays) &&
      request.deprecateAfterDays >= 1 &&
      request.deprecateAfterDays <= mostDays)
      ? []
      : [problem(`an image is deprecated after 1 to ${mostDays} days`)]),
  ];
  if (problems.length === 0) return;
  const [first] = problems;
  throw new MirageError("ERR_MIRAGE_EC2_REQUEST", first?.message ?? "", {
    details: problems,
    exitCode: 2,
  });
}

/** What EBS and EC2 refuse of encrypted images, the last after minutes of work. */
function encryptionProblems(request: PublishRequest): Diagnostic[] {
  const { encryption, copyTo = [], shareWith = [] } = request;
  if (!encryption) return [];
  const { key } = encryption;
  const problems: Diagnostic[] = [];
  if (key !== undefined && !kmsKeys.test(key)) {
    const hint = "write its ARN, as in arn:aws:kms:eu-west-1:123456789012:key/1234abcd-…";
    problems.push(problem(`\`${key}\` is not a key of KMS`, hint));
  }
  if (key !== undefined && copyTo.length > 0 && !/:key\/mrk-/.test(key)) {
    const hint = "use a key of several regions (mrk-…), or publish in each region with its own key";
    problems.push(problem("a copy in another region cannot use a key of this one", hint));
  }
  if (shareWith.includes("all")) {
    problems.push(problem("an encrypted image cannot be shared with everybody"));
  } else if (key === undefined && shareWith.length > 0) {
    const hint = "give --kms-key a key that the other accounts may use";
    problems.push(problem("an image under the account's own key cannot be shared", hint));
  }
  return problems;
}

/** EC2's limits of tags: 50 a resource, keys of 128 and values of 256 characters. */
function tagProblems(tags: Tags): Diagnostic[] {
  const entries = Object.entries(tags);
  return [
    ...entries.flatMap(([key, value]) => {
      if (key.length === 0 || key.length > 128)
        return [problem(`a tag's key has 1 to 128 characters: \`${key}\``)];
      if (/^aws:/i.test(key)) return [problem(`\`${key}\`: AWS keeps tags with aws: for itself`)];
      if (key === contentTag || key === "Name")
        return [problem(`mirage sets the tag \`${key}\` itself`)];
      return value.length > 256 ? [problem(`the value of \`${key}\` is longer than 256`)] : [];
    }),
    ...(entries.length > 48 ? [problem("an image has at most 50 tags, two of them mirage's")] : []),
  ];
}

function problem(message: string, hint?: string): Diagnostic {
  return {
    code: "ERR_MIRAGE_EC2_REQUEST",
    severity: "error",
    message,
    ...(hint === undefined ? {} : { hint }),
  };
}
