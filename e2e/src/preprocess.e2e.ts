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

test("lwt.syntax is answered with what then works: a rewriter for the application's own modules", async () => {
  const folder = temporaryFolder();
  const write = (...lines: string[]) => {
    writeFileSync(join(folder, "sleepy.conf"), `main-noip: Sleepy.main\n${lines.join("\n")}\n`);
  };
  writeFileSync(join(folder, "sleepy.ml"), program);
  write("depends: lwt.syntax");
  const { stderr } = await mirageOk(["configure", "--no-install"], folder);
  const [, ...advice] = /`(preprocess: \w+)` and `(packages: \w+)`/.exec(stderr) ?? [];
  write(...advice);
  await mirageOk(["configure"], folder);
  await mirageOk(["build"], folder);
  expect((await mirageOk(["run"], folder)).stdout).toBe("1\n2\n");

  write("preprocess: lwt_pxx");
  const refused = await mirage(["check"], folder);
  expect(refused).toMatchObject({ code: 1 });
  expect(refused.stderr).toMatch(
    /sleepy\.conf:2:13: error: there is no library `lwt_pxx`[\s\S]*`lwt_ppx`/,
  );
});
