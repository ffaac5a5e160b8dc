import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { mirage, mirageOk, temporaryFolder } from "./support/mirage.js";

const program = `let main () =
  for%lwt i = 1 to 2 do
    let%lwt () = OS.Time.sleep 0.001 in
    print_endline (string_of_int i);
    Lwt.return_unit
  done
`;

/** The same in the syntax of camlp4's extension. */
const programOf2013 = program.replace("for%lwt", "for_lwt").replace("let%lwt", "lwt");

test("lwt.syntax is translated, and a rewriter runs over the application's own modules", async () => {
  const folder = temporaryFolder();
  const write = (...lines: string[]) => {
    writeFileSync(join(folder, "sleepy.conf"), `main-noip: Sleepy.main\n${lines.join("\n")}\n`);
  };
  const builds = async (source: string, ...lines: string[]) => {
    writeFileSync(join(folder, "sleepy.ml"), source);
    write(...lines);
    await mirageOk(["configure"], folder);
    await mirageOk(["build"], folder);
    expect((await mirageOk(["run"], folder)).stdout).toBe("1\n2\n");
  };
  await builds(programOf2013, "depends: lwt.syntax");
  await builds(program, "preprocess: lwt_ppx", "packages: lwt_ppx");

  write("preprocess: lwt_pxx");
  const refused = await mirage(["check"], folder);
  expect(refused).toMatchObject({ code: 1 });
  expect(refused.stderr).toMatch(
    /sleepy\.conf:2:13: error: there is no library `lwt_pxx`[\s\S]*`lwt_ppx`/,
  );
});
