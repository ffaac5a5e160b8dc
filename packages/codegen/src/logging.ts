import type { Configuration } from "@mirage/conf";

/** Whether a program has the library Logs, because it asks for it or sets its level. */
export function usesLogs({ depends, logLevel }: Configuration): boolean {
  return (
    logLevel.span !== undefined ||
    depends.some(({ value }) => value === "logs" || value.startsWith("logs."))
  );
}

const levels = {
  quiet: "None",
  app: "(Some Logs.App)",
  error: "(Some Logs.Error)",
  warning: "(Some Logs.Warning)",
  info: "(Some Logs.Info)",
  debug: "(Some Logs.Debug)",
} as const;

/** What is said through Logs goes to the console, with its time (RFC 3339), level and source. */
export function logging(configuration: Configuration): string[] {
  if (!usesLogs(configuration)) return [];
  return [
    `(* What is said through Logs: a line of time, level, source and text on the console. *)
let report_log source level ~over k message =
  message (fun ?header:_ ?tags:_ format ->
      Format.kasprintf
        (fun text ->
          let { Clock.tm_year; tm_mon; tm_mday; tm_hour; tm_min; tm_sec; _ } =
            Clock.gmtime (Clock.time ())
          in
          Printf.eprintf "%04d-%02d-%02dT%02d:%02d:%02dZ %s %s: %s\\n%!"
            (tm_year + 1900) (tm_mon + 1) tm_mday tm_hour tm_min tm_sec
            (Logs.level_to_string (Some level)) (Logs.Src.name source) text;
          over ();
          k ())
        format)

let () =
  Logs.set_level ${levels[configuration.logLevel.value]};
  Logs.set_reporter { Logs.report = report_log }`,
  ];
}
