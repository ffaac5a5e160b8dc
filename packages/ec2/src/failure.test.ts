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
