/** How much a message matters, the most first. */
export const messageLevels = ["app", "error", "warning", "info", "debug"] as const;

export type MessageLevel = (typeof messageLevels)[number];

/** What a log has in one piece: a message of the library Logs, or another line that was printed. */
export interface LogMessage {
  /** RFC 3339, in UTC. */
  readonly time?: string;
  readonly level?: MessageLevel;
  readonly source?: string;
  /** Without its last line end. */
  readonly text: string;
  /** The lines as they stand in the log. */
  readonly raw: string;
}

/** As `Console_log` of runtime-operations prints it. */
const firstLine =
  /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z) (app|error|warning|info|debug) (\S+): (.*)$/;

/**
 * The messages of a log that comes in chunks. Further lines of a message, which are indented, belong to
 * it if they come in the same chunk; otherwise they are pieces of their own.
 */
export async function* readMessages(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<LogMessage, void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* messagesIn(lines);
  }
  rest += decoder.decode();
  if (rest !== "") yield* messagesIn([rest]);
}

function* messagesIn(lines: readonly string[]): Generator<LogMessage, void> {
  let current: LogMessage | undefined;
  for (const written of lines) {
    const line = written.endsWith("\r") ? written.slice(0, -1) : written;
    if (current?.level !== undefined && line.startsWith("  ")) {
      const { text, raw } = current;
      current = { ...current, text: `${text}\n${line.slice(2)}`, raw: `${raw}\n${line}` };
      continue;
    }
    if (current) yield current;
    const [, time, level, source, text] = firstLine.exec(line) ?? [];
    current =
      time !== undefined && source !== undefined && text !== undefined
        ? { time, level: level as MessageLevel, source, text, raw: line }
        : { text: line, raw: line };
  }
  if (current) yield current;
}

export interface MessageFilter {
  /** Messages of this level, and those that matter more. */
  readonly level?: MessageLevel;
  /** Messages from then on: milliseconds since 1970. */
  readonly since?: number;
}

/** Whether a message passes; with a filter, other lines do not, as they have neither level nor time. */
export function passes({ level, time }: LogMessage, filter: MessageFilter): boolean {
  const { level: least, since } = filter;
  if (least !== undefined) {
    if (level === undefined) return false;
    if (messageLevels.indexOf(level) > messageLevels.indexOf(least)) return false;
  }
  return since === undefined || (time !== undefined && Date.parse(time) >= since);
}
