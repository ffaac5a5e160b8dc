import { randomUUID } from "node:crypto";
import { type Diagnostic, fromSystemError, MirageError } from "@mirage/diagnostics";
import { Connection } from "./connection.js";
import type { ConnectionOptions } from "./connection-options.js";
import { blockSize, type DiskContent, scanDisk } from "./disk.js";
import type { PublishEvent } from "./events.js";
import {
  copyImage,
  deprecateImage,
  findImageNamed,
  findImages,
  type ImageRequest,
  isBroken,
  registerImage,
  shareImage,
  waitForImage,
} from "./images.js";
import { removeJournal } from "./journal.js";
import { makeSnapshot } from "./make-snapshot.js";
import { deleteImage } from "./removal.js";
import { checkRequest, imageName, type PublishRequest } from "./request.js";
import type { MachineImage } from "./resources.js";
import { interruptionPoint, type Run } from "./run.js";
import { usualPatience } from "./snapshots.js";
import { stateFolder } from "./state-folder.js";
import { contentTag } from "./tags.js";
import { leftBehind, removalCommand, Unfinished, wholeAndStays } from "./unfinished.js";
import { defaultWorkers } from "./upload.js";
import { type PollOptions, waitUntil } from "./wait.js";

export interface PublishOptions extends ConnectionOptions {
  /** Ends it: what is unfinished is removed. */
  readonly signal?: AbortSignal;
  /** Ends the removal as well: what is left, the next run continues. */
  readonly leave?: AbortSignal;
  /** Blocks sent at once, 64 when absent; each takes half a MiB of memory. */
  readonly workers?: number;
  readonly poll?: PollOptions;
  /** Where it is noted what has been sent; below XDG_STATE_HOME when absent. */
  readonly journals?: string;
  readonly onEvent?: (event: PublishEvent) => void;
}

/** An image in one region. */
export interface PublishedImage {
  readonly region: string;
  readonly image: string;
  readonly name: string;
  readonly snapshots: readonly string[];
  /** False when it was there before. */
  readonly created: boolean;
}

export interface Published extends PublishedImage {
  /** SHA-256 that stands for the disk's content, in hexadecimal. */
  readonly content: string;
  readonly copies: readonly PublishedImage[];
}

/** How long the removal of what is unfinished may take, in milliseconds. */
const removalLimit = 30_000;

/**
 * Makes a machine image of a disk: snapshot, image, permissions, copies. What is there already with
 * the same content is used. When it fails, what is unfinished is removed, what is whole stays; the
 * error's details list what is left.
 */
export async function publish(
  request: PublishRequest,
  options: PublishOptions = {},
): Promise<Published> {
  checkRequest(request);
  const { onEvent: tell = () => {}, workers = defaultWorkers, leave } = options;
  const { disk, ranges } = request;
  const content = await scanDisk(disk, { ranges, signal: options.signal });
  const { length } = content.blocks;
  tell({ type: "scanned", blocks: length, bytes: length * blockSize });
  const home = await Connection.open({ connections: workers, ...options });
  const run: Run = {
    home,
    content,
    image: imageRequest(request, content),
    shareWith: request.shareWith ?? [],
    deprecateAfterDays: request.deprecateAfterDays,
    workers,
    poll: options.poll ?? {},
    journals: options.journals ?? stateFolder(),
    signal: options.signal,
    tell,
  };
  const regions = new Set(request.copyTo ?? []);
  regions.delete(home.region);
  try {
    const image = await publishIn(run, home, leave, (unfinished) => makeImage(run, unfinished));
    const copies = await copyEverywhere(run, image, regions, leave);
    return { ...image, content: content.id, copies };
  } finally {
    home.close();
  }
}

function imageRequest(request: PublishRequest, content: DiskContent): ImageRequest {
  return {
    name: imageName(request, content.id),
    description: `${request.name}, a unikernel built by mirage`,
    tags: { ...request.tags, Name: request.name, [contentTag]: content.id },
    ...(request.encryption ? { encryption: request.encryption } : {}),
    ...(request.imds ? { imds: request.imds } : {}),
  };
}

/** The image in one region, available and shared: one that is there, or what `make` begins. */
async function publishIn(
  run: Run,
  where: Connection,
  leave: AbortSignal | undefined,
  make: (unfinished: Unfinished) => Promise<string>,
): Promise<PublishedImage> {
  const unfinished = new Unfinished(run.content.id, run.journals);
  const { region } = where;
  let found: MachineImage | undefined;
  let whole: PublishedImage | undefined;
  try {
    found = await existingImage(run, where);
    const id = found?.id ?? (await make(unfinished));
    const image = await whenAvailable(run, where, id);
    unfinished.finishImage(id);
    const { name, snapshots } = image;
    whole = { region, image: id, name, snapshots, created: found === undefined };
    await shareImage(where, id, run.shareWith);
    if (run.deprecateAfterDays !== undefined) {
      await deprecateImage(where, id, inDays(run.deprecateAfterDays));
    }
    return whole;
  } catch (thrown) {
    const error = fromSystemError(thrown);
    // A pending image of an earlier run may be somebody's who still waits for it.
    const earlier = whole === undefined && found?.state === "pending" ? found : undefined;
    const hasFailed = codeOf(error) === "ERR_MIRAGE_EC2_IMAGE";
    if (earlier && hasFailed) unfinished.addImage(where, earlier.id);
    const left = await cleanUp(run, unfinished, error, leave);
    if (earlier && !hasFailed) left.push(leftBehind({ id: earlier.id, region }));
    throw explained(error, whole ? [...left, stays(whole)] : left);
  }
}

/** EC2 counts in minutes. */
function inDays(days: number): Date {
  const minute = 60_000;
  return new Date(Math.ceil(Date.now() / minute) * minute + days * 24 * 60 * minute);
}

/** An image with this content that is whole or will be; broken ones are removed. */
async function existingImage(run: Run, where: Connection): Promise<MachineImage | undefined> {
  const { region } = where;
  const images = await findImages(where, run.content.id, run.signal);
  for (const image of images.filter(isBroken)) {
    await deleteImage(where, image.id, image.snapshots, run.signal);
  }
  const usable = images.find(
    (image) => !isBroken(image) && (image.isEncrypted || !run.image.encryption),
  );
  if (usable) {
    run.tell({ type: "found", image: usable.id, region });
    return usable;
  }
  const namesake = await findImageNamed(where, run.image.name, run.signal);
  if (namesake === undefined) return undefined;
  throw nameTaken(run, where, namesake);
}

function nameTaken(run: Run, { region }: Connection, { id }: MachineImage): MirageError {
  return new MirageError(
    "ERR_MIRAGE_EC2_NAME_TAKEN",
    `in ${region} the name ${run.image.name} belongs to ${id}, an image with different content`,
    { hint: `give another --image-name, or remove that one: ${removalCommand({ id, region })}` },
  );
}

async function makeImage(run: Run, unfinished: Unfinished): Promise<string> {
  const { home } = run;
  const snapshot = await makeSnapshot(run, unfinished);
  interruptionPoint(run);
  const id =
    (await unfinished.creating(home, () => registerImage(home, snapshot, run.image))) ??
    (await registeredBefore(run));
  unfinished.addImage(home, id);
  unfinished.finishSnapshot(snapshot); // it goes with its image
  removeJournal(run.journals, home.region, snapshot);
  run.tell({ type: "registered", image: id, region: home.region });
  return id;
}

/**
 * The image whose registration was not answered, or that another process has just registered. It
 * may not be visible everywhere at once.
 */
async function registeredBefore(run: Run): Promise<string> {
  const { home, image, poll, signal } = run;
  let looks = 0;
  const namesake = await waitUntil(
    `an image named ${image.name}`,
    async () => {
      const found = await findImageNamed(home, image.name, signal);
      looks += 1;
      return found || looks > usualPatience ? { done: found } : { state: "invisible" };
    },
    poll,
    signal,
  );
  if (namesake?.tags[contentTag] === run.content.id) return namesake.id;
  throw new MirageError(
    "ERR_MIRAGE_EC2_NAME_TAKEN",
    `in ${home.region} the name ${image.name} belongs to another image`,
    { hint: "give another --image-name" },
  );
}

async function whenAvailable(run: Run, where: Connection, id: string): Promise<MachineImage> {
  const { region } = where;
  const image = await waitForImage(where, id, run.poll, run.signal, (state) =>
    run.tell({ type: "waiting", id, region, state }),
  );
  run.tell({ type: "available", image: id, region });
  return image;
}

/** Copies to all regions at once. One that fails doesn't stop the others. */
async function copyEverywhere(
  run: Run,
  source: PublishedImage,
  regions: ReadonlySet<string>,
  leave: AbortSignal | undefined,
): Promise<PublishedImage[]> {
  const outcomes = await Promise.allSettled(
    [...regions].map((region) => copyTo(run, source, region, leave)),
  );
  const copies: PublishedImage[] = [];
  const failures: Diagnostic[] = [];
  for (const outcome of outcomes) {
    if (outcome.status === "fulfilled") copies.push(outcome.value);
    else if (outcome.reason instanceof MirageError)
      failures.push(...outcome.reason.toDiagnostics());
    else throw outcome.reason;
  }
  if (failures.length === 0) return copies;
  throw new MirageError(
    "ERR_MIRAGE_EC2_COPY",
    "not every region has its copy; the same command again makes those that are missing",
    { details: [...failures, ...[source, ...copies].map(stays)] },
  );
}

async function copyTo(
  run: Run,
  source: PublishedImage,
  region: string,
  leave: AbortSignal | undefined,
): Promise<PublishedImage> {
  const there = await run.home.inRegion(region);
  try {
    return await publishIn(run, there, leave, async (unfinished) => {
      interruptionPoint(run);
      const from = { id: source.image, region: source.region };
      const id = await unfinished.creating(there, () =>
        copyImage(there, from, run.image, randomUUID()),
      );
      unfinished.addImage(there, id);
      run.tell({ type: "registered", image: id, region });
      return id;
    });
  } finally {
    there.close();
  }
}

/** Removes what is unfinished, unless AWS is only slow; returns what is left. */
async function cleanUp(
  run: Run,
  unfinished: Unfinished,
  error: unknown,
  leave: AbortSignal | undefined,
): Promise<Diagnostic[]> {
  const ids = unfinished.list().map(({ id }) => id);
  if (codeOf(error) === "ERR_MIRAGE_EC2_TIMEOUT") {
    return unfinished.list().map((resource) => leftBehind(resource));
  }
  if (ids.length > 0) run.tell({ type: "removing", ids });
  const limit = AbortSignal.timeout(removalLimit);
  return unfinished.remove(leave ? AbortSignal.any([leave, limit]) : limit);
}

function codeOf(error: unknown): string | undefined {
  return error instanceof MirageError ? error.code : undefined;
}

/** The error with what is left at AWS. */
function explained(error: unknown, left: readonly Diagnostic[]): unknown {
  if (!(error instanceof MirageError) || left.length === 0) return error;
  const { code, exitCode, cause } = error;
  const details = [...error.toDiagnostics(), ...left];
  const message = "this was not published; what is left at AWS is listed above";
  return new MirageError(code, message, { exitCode, cause, details });
}

function stays({ image, region }: PublishedImage): Diagnostic {
  return wholeAndStays({ id: image, region });
}
