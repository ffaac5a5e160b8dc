import { type Diagnostic, MirageError } from "@mirage/diagnostics";
import type { Connection } from "./connection.js";
import { findImages } from "./images.js";
import { noteForgotten } from "./journal.js";
import { deleteImage, deleteSnapshot } from "./removal.js";
import { describeSnapshots } from "./snapshots.js";
import { withContent } from "./tags.js";

/** Something at AWS, and where it is. */
export interface Resource {
  readonly id: string;
  readonly region: string;
}

/** What a publication has begun and not finished: removed when it fails. */
export class Unfinished {
  readonly #snapshots = new Map<string, Connection>();
  readonly #images = new Map<string, Connection>();
  readonly #doubtful = new Set<Connection>();

  readonly #contentId: string;
  readonly #journals: string;

  constructor(contentId: string, journals: string) {
    this.#contentId = contentId;
    this.#journals = journals;
  }

  addSnapshot(connection: Connection, id: string): void {
    this.#snapshots.set(id, connection);
  }

  addImage(connection: Connection, id: string): void {
    this.#images.set(id, connection);
  }

  /** The image is whole, and with it its snapshot. */
  finishImage(id: string): void {
    this.#images.delete(id);
  }

  finishSnapshot(id: string): void {
    this.#snapshots.delete(id);
  }

  /**
   * Makes a call that creates something. If it fails, it may have succeeded all the same, its answer
   * lost: then what there is of this content is looked up before anything is removed.
   */
  async creating<T>(connection: Connection, call: () => Promise<T>): Promise<T> {
    this.#doubtful.add(connection);
    const made = await call();
    this.#doubtful.delete(connection);
    return made;
  }

  /** Removes everything that is unfinished; returns what could not be removed, and why. */
  async remove(signal?: AbortSignal): Promise<Diagnostic[]> {
    const left: Diagnostic[] = [];
    const attempt = async (resource: Resource, job: () => Promise<void>) => {
      try {
        await job();
      } catch (error) {
        left.push(leftBehind(resource, error));
      }
    };
    for (const connection of this.#doubtful) {
      const { region } = connection;
      const whole = this.#lookUp(connection, signal).catch((error) => [mayBeLeft(region, error)]);
      left.push(...(await whole));
    }
    for (const [id, connection] of this.#images) {
      await attempt({ id, region: connection.region }, () =>
        this.#removeImage(connection, id, signal),
      );
    }
    for (const [id, connection] of this.#snapshots) {
      await attempt({ id, region: connection.region }, async () => {
        await deleteSnapshot(connection, id, signal);
        noteForgotten(this.#journals, connection.region, id);
      });
    }
    return left;
  }

  /** Everything unfinished, without touching it. */
  list(): Resource[] {
    return [...this.#images, ...this.#snapshots].map(([id, { region }]) => ({ id, region }));
  }

  /** Finds what a call without an answer has made; returns what of it is whole. */
  async #lookUp(connection: Connection, signal: AbortSignal | undefined): Promise<Diagnostic[]> {
    const { region } = connection;
    const images = await findImages(connection, this.#contentId, signal);
    const whole = images.filter(({ state }) => state === "available");
    for (const { id, state } of images) {
      if (state !== "available") this.#images.set(id, connection);
    }
    const filters = [withContent(this.#contentId)];
    for (const snapshot of await describeSnapshots(connection, { filters }, signal)) {
      if (snapshot.state === "pending") this.#snapshots.set(snapshot.id, connection);
    }
    return whole.map(({ id }) => wholeAndStays({ id, region }));
  }

  async #removeImage(connection: Connection, id: string, signal: AbortSignal | undefined) {
    const known = await findImages(connection, this.#contentId, signal);
    const snapshots = known.find((image) => image.id === id)?.snapshots ?? [];
    await deleteImage(connection, id, snapshots, signal);
    for (const snapshot of snapshots) this.#snapshots.delete(snapshot);
  }
}

/** The command that removes something by hand. */
export function removalCommand({ id, region }: Resource): string {
  return `mirage ec2 remove ${id} --region ${region}`;
}

export function leftBehind({ id, region }: Resource, reason?: unknown): Diagnostic {
  const why = reason instanceof MirageError ? ` (${reason.message})` : "";
  return {
    code: "ERR_MIRAGE_EC2_LEFT_BEHIND",
    severity: "warning",
    message: `${id} in ${region} is left, unfinished${why}`,
    hint: `run the same command again to continue, or remove it: ${removalCommand({ id, region })}`,
  };
}

export function wholeAndStays({ id, region }: Resource): Diagnostic {
  return {
    code: "ERR_MIRAGE_EC2_LEFT_BEHIND",
    severity: "warning",
    message: `${id} in ${region} is whole and stays`,
    hint: `to remove it: ${removalCommand({ id, region })}`,
  };
}

function mayBeLeft(region: string, reason: unknown): Diagnostic {
  const why = reason instanceof MirageError ? ` (${reason.message})` : "";
  return {
    code: "ERR_MIRAGE_EC2_LEFT_BEHIND",
    severity: "warning",
    message: `unfinished resources may remain in ${region}, which cannot be queried${why}`,
    hint: `\`mirage ec2 list --region ${region}\` shows it, with the command that removes it`,
  };
}
