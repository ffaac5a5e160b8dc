import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { finished } from "node:stream/promises";
import { fromSystemError, MirageError } from "@mirage/diagnostics";
import { askInstance, findInstance, listInstances } from "@mirage/instances";
import { interruptible } from "@mirage/plan";
import { say } from "../terminal/terminal.js";

interface CaptureOptions {
  /** A file, or `-` for stdout. */
  readonly output: string;
  /** Seconds after which it ends by itself. */
  readonly seconds?: number;
}

/** `mirage capture`: the frames of a program as a file of pcapng, until Ctrl-C or its end. */
export async function capture(name: string, { output, seconds }: CaptureOptions): Promise<void> {
  const instance = findInstance(name, await listInstances());
  const sink = output === "-" ? process.stdout : await create(output);
  let octets = 0;
  const onMore = (data: Buffer) => {
    if (octets === 0) say(`capturing the frames of ${name}`);
    octets += data.length;
    sink.write(data);
  };
  try {
    const { frames, lost } = await interruptible(async (interrupted) => {
      const over = seconds === undefined ? [] : [AbortSignal.timeout(seconds * 1000)];
      const signal = AbortSignal.any([interrupted, ...over]);
      return askInstance(instance, "capture", { onMore, signal });
    });
    say(`${frames} frames${Number(lost) > 0 ? `; ${lost} came too fast and are missing` : ""}`);
  } catch (error) {
    if (octets === 0 && output !== "-") await rm(output, { force: true });
    throw error;
  } finally {
    if (sink !== process.stdout) await finished(sink.end());
  }
}

async function create(path: string) {
  const file = createWriteStream(path, { flags: "wx" });
  try {
    await new Promise((settle, fail) => file.once("open", settle).once("error", fail));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw fromSystemError(error);
    throw new MirageError("ERR_MIRAGE_CAPTURE_EXISTS", `there is a file ${path} already`, {
      hint: "choose another name, or remove it",
    });
  }
  return file;
}
