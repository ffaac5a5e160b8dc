import { MirageError } from "@mirage/diagnostics";
import { expect, test } from "vitest";
import { awsErrorName, failureOf, isTransient } from "./failure.js";

function sdkError(name: string, status: number | undefined, message = "said by AWS"): Error {
  return Object.assign(new Error(message), {
    name,
    $metadata: { httpStatusCode: status, requestId: "r-1" },
  });
}

function system(code: string): Error {
  return Object.assign(new Error(`connect ${code}`), { code });
}

test.each([
  [sdkError("RequestThrottledException", 400), true],
  [sdkError("ThrottlingException", 400), true],
  [sdkError("RequestLimitExceeded", 503), true],
  [sdkError("InternalServerException", 500), true],
  [sdkError("TimeoutError", undefined), true],
  [system("ECONNRESET"), true],
  [new Error("outer", { cause: system("EAI_AGAIN") }), true],
  [sdkError("ValidationException", 400), false],
  [sdkError("AccessDeniedException", 403), false],
  [sdkError("ExpiredTokenException", 403), false],
  [sdkError("InsufficientInstanceCapacity", 500), false],
  [sdkError("RequestExpired", 400), false],
])("%s is transient: %s", (error, expected) => {
  expect(isTransient(error)).toBe(expected);
});

test("a signature refused for the clock is tried again once the clock is corrected", () => {
  const error = sdkError("RequestExpired", 400);
  Object.assign(error, { $metadata: { httpStatusCode: 400, clockSkewCorrected: true } });
  expect(isTransient(error)).toBe(true);
});

test.each([
  ["UnauthorizedOperation", 403, "ERR_MIRAGE_EC2_PERMISSION", '"Action":"ec2:RegisterImage"'],
  ["ExpiredToken", 403, "ERR_MIRAGE_EC2_CREDENTIALS_EXPIRED", "aws sso login"],
  ["CredentialsProviderError", undefined, "ERR_MIRAGE_EC2_CREDENTIALS", "AWS_PROFILE"],
  ["SignatureDoesNotMatch", 403, "ERR_MIRAGE_EC2_CREDENTIALS", "clock"],
  ["RequestLimitExceeded", 503, "ERR_MIRAGE_EC2_THROTTLED", "--workers"],
  ["TimeoutError", undefined, "ERR_MIRAGE_EC2_UNREACHABLE", "network"],
  ["InvalidAMIName.Malformed", 400, "ERR_MIRAGE_EC2_REFUSED", "r-1"],
])("%s becomes an error with a hint", (name, status, code, hint) => {
  const failure = failureOf("ec2:RegisterImage", "eu-west-1", sdkError(name, status));
  expect(failure).toBeInstanceOf(MirageError);
  expect(failure.code).toBe(code);
  expect(failure.hint).toContain(hint);
  expect(awsErrorName(failure)).toBe(name);
});

test("what AWS repeats of the signed headers is not kept", () => {
  const message =
    "The signature does not match. The Canonical String was x-amz-security-token:SECRET\nhost\nx-amz-security-token:SECRET";
  const failure = failureOf(
    "ec2:CopyImage",
    "eu-west-1",
    sdkError("SignatureDoesNotMatch", 403, message),
  );
  const cause = failure.cause as Error;
  expect(
    [failure.message, failure.hint, failure.stack, cause.message, cause.stack].join(),
  ).not.toContain("SECRET");
});

const denied =
  "User: arn:aws:sts::1:assumed-role/ci is not authorized to perform: ebs:PutSnapshotBlock";

test.each([
  [
    `${denied} with an explicit deny in a service control policy`,
    "who administers the organization",
  ],
  [`${denied} with an explicit deny in an identity-based policy`, "no other one can undo"],
  [
    "The user is not authorized to perform: kms:GenerateDataKeyWithoutPlaintext on this resource",
    "kms:GenerateDataKeyWithoutPlaintext",
  ],
  [`${denied} because no identity-based policy allows it`, '"Action":"ebs:PutSnapshotBlock"'],
])("a refusal has AWS's own words: %s", (said, hint) => {
  const error = sdkError("AccessDeniedException", 403, said);
  const failure = failureOf("ebs:PutSnapshotBlock", "us-gov-west-1", error);
  expect(failure.code).toBe("ERR_MIRAGE_EC2_PERMISSION");
  expect(failure.message).toContain(said);
  expect(failure.hint).toContain(hint);
  if (hint.startsWith('"')) expect(failure.hint).toContain("arn:aws-us-gov:ec2:*::snapshot/*");
});

test("the encoded part of a refusal is left out", () => {
  const said = "You are not authorized. Encoded authorization failure message: AbCdEf";
  const failure = failureOf(
    "ec2:CopyImage",
    "eu-west-1",
    sdkError("UnauthorizedOperation", 403, said),
  );
  expect(failure.message).toMatch(/You are not authorized\.$/);
});

test.each([
  ["SignatureDoesNotMatch", 403],
  ["RequestLimitExceeded", 503],
])("%s has AWS's own words too", (name, status) => {
  expect(failureOf("ec2:CopyImage", "eu-west-1", sdkError(name, status)).message).toContain(
    "said by AWS",
  );
});

test("a proxy's web page is told from an answer of AWS, with its status, and asked again", () => {
  const response = { statusCode: 502, headers: { "content-type": "text/html" } };
  const error = Object.assign(new Error("XML parse error"), { $response: response });
  expect(isTransient(error)).toBe(true);
  const failure = failureOf("ec2:DescribeImages", "eu-west-1", error);
  expect(failure.code).toBe("ERR_MIRAGE_EC2_NOT_AWS");
  expect(failure.message).toContain("502");
  expect(failure.hint).toContain("HTTPS_PROXY");
});
