import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { type Call, Refusal } from "./answer.js";

/** Who may call. */
export interface Credentials {
  readonly secret: string;
  readonly token?: string;
  isExpired: boolean;
}

/** What a signature says of itself (AWS Signature Version 4). */
export interface Signed {
  readonly service: string;
  readonly region: string;
}

const tolerance = 5 * 60_000;
const form =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([\w-]+)\/(\w+)\/aws4_request, ?SignedHeaders=([\w;-]+), ?Signature=([0-9a-f]{64})$/;

/** Region and service of a call, from its signature, which is not verified here. */
export function scopeOf(authorization: string | undefined): Signed {
  const [, , , region, service] = form.exec(authorization ?? "") ?? [];
  if (!region || !service) {
    throw new Refusal("MissingAuthenticationToken", "Request is missing Authentication Token", 403);
  }
  return { region, service };
}

/** Verifies a call's signature as AWS does: keys, time, every signed byte. */
export function verify(call: Call, known: ReadonlyMap<string, Credentials>, now: number): void {
  const [, key = "", day = "", region = "", service = "", names = "", signature = ""] =
    form.exec(call.headers.authorization ?? "") ?? [];
  const ebs = service === "ebs";
  const credentials = known.get(key);
  if (!credentials) {
    throw new Refusal(
      ebs ? "UnrecognizedClientException" : "AuthFailure",
      "AWS was not able to validate the provided access credentials",
      ebs ? 403 : 401,
    );
  }
  if (call.headers["x-amz-security-token"] !== credentials.token) {
    throw new Refusal(
      "InvalidClientTokenId",
      "The security token included in the request is invalid",
      403,
    );
  }
  if (credentials.isExpired) {
    throw new Refusal(
      ebs ? "ExpiredTokenException" : "RequestExpired",
      "The security token included in the request is expired",
      ebs ? 403 : 400,
    );
  }
  const date = call.headers["x-amz-date"] ?? "";
  if (Math.abs(timeOf(date) - now) > tolerance) {
    throw new Refusal(
      ebs ? "InvalidSignatureException" : "RequestExpired",
      `Signature expired: ${date} is not within 5 minutes of ${new Date(now).toISOString()}`,
      ebs ? 403 : 400,
    );
  }
  const canonical = [
    call.method,
    call.path,
    [...call.query]
      .map(([name, value]) => `${encode(name)}=${encode(value)}`)
      .sort()
      .join("&"),
    ...names.split(";").map((name) => `${name}:${trimmed(call.headers[name])}`),
    "",
    names,
    payloadHash(call),
  ].join("\n");
  const toSign = [
    "AWS4-HMAC-SHA256",
    date,
    `${day}/${region}/${service}/aws4_request`,
    sha256(canonical),
  ];
  const signingKey = [day, region, service, "aws4_request"].reduce<string | Buffer>(
    (secret, part) => createHmac("sha256", secret).update(part).digest(),
    `AWS4${credentials.secret}`,
  );
  const expected = createHmac("sha256", signingKey).update(toSign.join("\n")).digest();
  if (!timingSafeEqual(expected, Buffer.from(signature, "hex"))) {
    // AWS's real answer repeats the signed headers, the session token among them.
    throw new Refusal(
      "SignatureDoesNotMatch",
      `The request signature we calculated does not match.\nThe Canonical String for this request should have been\n'${canonical}'`,
      403,
    );
  }
  for (const name of ["host", "x-amz-date"]) {
    if (!names.split(";").includes(name))
      throw new Refusal("SignatureDoesNotMatch", `${name} is not signed`, 403);
  }
}

function payloadHash({ headers, body, method, path }: Call): string {
  const stated = headers["x-amz-content-sha256"];
  const isBlock = method === "PUT" && path.includes("/blocks/");
  if (stated === "UNSIGNED-PAYLOAD" && isBlock) return stated;
  const real = sha256(body);
  if (stated !== undefined && stated !== real) {
    throw new Refusal("InvalidSignatureException", "x-amz-content-sha256 is not the body's", 403);
  }
  return real;
}

function sha256(data: string | Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}

function trimmed(value: string | undefined): string {
  return (value ?? "").trim().replace(/ +/g, " ");
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function timeOf(date: string): number {
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date) ?? [];
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}
