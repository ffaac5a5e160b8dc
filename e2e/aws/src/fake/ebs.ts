import { createHash } from "node:crypto";
import { type Answer, type Call, Refusal } from "./answer.js";
import type { FakeSnapshot, Region } from "./region.js";

const blockSize = 524_288;
const largestVolume = 65_536;

/** The EBS direct APIs (REST with JSON, version 2019-11-02), strictly. */
export class EbsDirect {
  readonly #newId: (prefix: string) => string;
  readonly #looksUntilCompleted: () => number;

  constructor(newId: (prefix: string) => string, looksUntilCompleted: () => number) {
    this.#newId = newId;
    this.#looksUntilCompleted = looksUntilCompleted;
  }

  /** The action that a call is, as IAM names it. */
  actionOf({ method, path }: Call): string {
    if (method === "POST" && path === "/snapshots") return "ebs:StartSnapshot";
    if (method === "PUT" && /^\/snapshots\/[^/]+\/blocks\/\d+$/.test(path))
      return "ebs:PutSnapshotBlock";
    if (method === "POST" && /^\/snapshots\/completion\/[^/]+$/.test(path))
      return "ebs:CompleteSnapshot";
    if (method === "GET" && /^\/snapshots\/[^/]+\/blocks$/.test(path))
      return "ebs:ListSnapshotBlocks";
    if (method === "GET" && /^\/snapshots\/[^/]+\/blocks\/\d+$/.test(path))
      return "ebs:GetSnapshotBlock";
    throw new Refusal("UnknownOperationException", `${method} ${path}`, 404);
  }

  handle(action: string, call: Call, region: Region): Answer {
    switch (action) {
      case "ebs:StartSnapshot":
        return this.#start(call, region);
      case "ebs:PutSnapshotBlock":
        return this.#put(call, region);
      case "ebs:CompleteSnapshot":
        return this.#complete(call, region);
      case "ebs:ListSnapshotBlocks":
        return this.#list(call, region);
      default:
        return this.#get(call, region);
    }
  }

  refuse({ code, message, status, reason }: Refusal, requestId: string): Answer {
    return {
      status,
      headers: {
        "content-type": "application/json",
        "x-amzn-errortype": code,
        "x-amzn-requestid": requestId,
      },
      body: JSON.stringify({ Message: message, ...(reason ? { Reason: reason } : {}) }),
    };
  }

  #start({ body }: Call, region: Region): Answer {
    const request = JSON.parse(body.toString("utf8"));
    const allowed = [
      "VolumeSize",
      "Description",
      "Tags",
      "ClientToken",
      "Timeout",
      "Encrypted",
      "KmsKeyArn",
    ];
    for (const name of Object.keys(request)) {
      if (!allowed.includes(name))
        throw invalid(`${name} is not expected here`, "INVALID_PARAMETER_VALUE");
    }
    const { VolumeSize: size, ClientToken: token, Timeout: timeout, Tags: tags = [] } = request;
    if (!Number.isInteger(size) || size < 1 || size > largestVolume)
      throw invalid("VolumeSize", "INVALID_VOLUME_SIZE");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is the rule
    if (typeof token !== "string" || !/^[\x00-\x7f]{1,64}$/.test(token))
      throw invalid("ClientToken", "INVALID_PARAMETER_VALUE");
    if (timeout !== undefined && !(Number.isInteger(timeout) && timeout >= 10 && timeout <= 4320))
      throw invalid("Timeout", "INVALID_PARAMETER_VALUE");
    if (tags.length > 50) throw invalid("Tags", "INVALID_TAG");
    const text = JSON.stringify(request, Object.keys(request).sort());
    const earlier = region.snapshotTokens.get(token);
    if (earlier && earlier.request !== text)
      throw new Refusal(
        "ConflictException",
        "The client token was used with other parameters",
        409,
      );
    const id = earlier?.id ?? this.#newId("snap");
    if (!earlier) {
      region.snapshotTokens.set(token, { request: text, id });
      region.snapshots.set(id, {
        id,
        volumeSize: size,
        description: request.Description ?? "",
        ...(request.Encrypted ? { encryption: request.KmsKeyArn ?? "default" } : {}),
        started: new Date(),
        tags: Object.fromEntries(
          tags.map(({ Key, Value }: { Key: string; Value: string }) => [Key, Value]),
        ),
        state: "open",
        looksLeft: this.#looksUntilCompleted(),
        blocks: new Map(),
      });
    }
    const answer = {
      SnapshotId: id,
      OwnerId: "123456789012",
      Status: "pending",
      StartTime: (region.snapshots.get(id)?.started.getTime() ?? Date.now()) / 1000,
      VolumeSize: size,
      BlockSize: blockSize,
      Tags: tags,
      ...(request.KmsKeyArn ? { KmsKeyArn: request.KmsKeyArn } : {}),
    };
    return json(201, answer);
  }

  #put({ path, headers, body }: Call, region: Region): Answer {
    const [, , id = "", , block = ""] = path.split("/");
    const snapshot = openSnapshot(region, id);
    const index = Number(block);
    if (headers["x-amz-data-length"] !== String(blockSize) || body.length !== blockSize)
      throw invalid(`a block has ${blockSize} bytes`, "INVALID_BLOCK");
    if (index * blockSize >= snapshot.volumeSize * 2 ** 30)
      throw invalid("the block lies behind the volume's end", "INVALID_BLOCK");
    if (headers["x-amz-checksum-algorithm"] !== "SHA256")
      throw invalid("x-amz-checksum-algorithm", "INVALID_PARAMETER_VALUE");
    const digest = sha256(body);
    if (headers["x-amz-checksum"] !== digest.toString("base64"))
      throw invalid("the checksum is not that of the block", "INVALID_BLOCK");
    snapshot.blocks.set(index, body);
    return {
      status: 201,
      headers: {
        "x-amz-checksum": digest.toString("base64"),
        "x-amz-checksum-algorithm": "SHA256",
      },
    };
  }

  #complete({ path, headers }: Call, region: Region): Answer {
    const id = path.split("/").at(-1) ?? "";
    const snapshot = openSnapshot(region, id);
    if (headers["x-amz-changedblockscount"] !== String(snapshot.blocks.size))
      throw invalid(
        `ChangedBlocksCount is ${headers["x-amz-changedblockscount"]}, ${snapshot.blocks.size} were put`,
        "INVALID_PARAMETER_VALUE",
      );
    const checksum = headers["x-amz-checksum"];
    if (checksum !== undefined) {
      if (
        headers["x-amz-checksum-algorithm"] !== "SHA256" ||
        headers["x-amz-checksum-aggregation-method"] !== "LINEAR"
      )
        throw invalid("an overall checksum needs SHA256 and LINEAR", "INVALID_PARAMETER_VALUE");
      if (checksum !== linearChecksum(snapshot).toString("base64"))
        throw invalid("the overall checksum does not match", "INVALID_PARAMETER_VALUE");
    }
    snapshot.state = "sealed";
    return json(202, { Status: "pending" });
  }

  #list({ path }: Call, region: Region): Answer {
    const snapshot = completedSnapshot(region, path.split("/")[2] ?? "");
    const indexes = [...snapshot.blocks.keys()].sort((a, b) => a - b);
    return json(200, {
      Blocks: indexes.map((index) => ({ BlockIndex: index, BlockToken: tokenOf(snapshot, index) })),
      BlockSize: blockSize,
      VolumeSize: snapshot.volumeSize,
      ExpiryTime: Date.now() / 1000 + 3600,
    });
  }

  #get({ path, query }: Call, region: Region): Answer {
    const [, , id = "", , block = ""] = path.split("/");
    const snapshot = completedSnapshot(region, id);
    const data = snapshot.blocks.get(Number(block));
    if (!data || query.get("blockToken") !== tokenOf(snapshot, Number(block)))
      throw invalid("blockToken", "INVALID_BLOCK_TOKEN");
    return {
      status: 200,
      headers: {
        "content-type": "application/octet-stream",
        "x-amz-data-length": String(blockSize),
        "x-amz-checksum": sha256(data).toString("base64"),
        "x-amz-checksum-algorithm": "SHA256",
      },
      body: data,
    };
  }
}

function openSnapshot(region: Region, id: string): FakeSnapshot {
  const snapshot = region.snapshots.get(id);
  if (!snapshot) throw notFound(id);
  if (snapshot.state !== "open")
    throw invalid(`${id} is ${snapshot.state} and takes no blocks`, "INVALID_SNAPSHOT_ID");
  return snapshot;
}

function completedSnapshot(region: Region, id: string): FakeSnapshot {
  const snapshot = region.snapshots.get(id);
  if (!snapshot) throw notFound(id);
  if (snapshot.state !== "completed")
    throw invalid(`${id} is not completed`, "INVALID_SNAPSHOT_ID");
  return snapshot;
}

function linearChecksum({ blocks }: FakeSnapshot): Buffer {
  const indexes = [...blocks.keys()].sort((a, b) => a - b);
  return sha256(
    Buffer.concat(indexes.map((index) => sha256(blocks.get(index) ?? Buffer.alloc(0)))),
  );
}

function tokenOf({ id }: FakeSnapshot, index: number): string {
  return sha256(Buffer.from(`${id} ${index}`)).toString("base64url");
}

function notFound(id: string): Refusal {
  return new Refusal(
    "ResourceNotFoundException",
    `The snapshot ${id} does not exist`,
    404,
    "SNAPSHOT_NOT_FOUND",
  );
}

function invalid(message: string, reason: string): Refusal {
  return new Refusal("ValidationException", message, 400, reason);
}

function json(status: number, value: unknown): Answer {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
}

function sha256(data: Buffer): Buffer {
  return createHash("sha256").update(data).digest();
}
