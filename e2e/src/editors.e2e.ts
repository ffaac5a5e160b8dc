import { spawnSync } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { expect, test } from "vitest";
import { repository, run, temporaryFolder, userEnv } from "./support/mirage.js";

const page = readFileSync(join(repository, "docs/editors.md"), "utf8");

/** The code of a language on the page, below a heading. */
function settings(language: string, heading: string): string {
  const section = page.slice(page.indexOf(heading));
  const [, code] = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "ms").exec(section) ?? [];
  if (code === undefined) throw new Error(`docs/editors.md has no ${language} below ${heading}`);
  return code;
}

/** A folder with a half-written .conf file, and `mirage` on the PATH of the editor. */
function desk() {
  const folder = temporaryFolder();
  const command = join(folder, "mirage");
  const bin = join(repository, "apps/mirage/bin/mirage.js");
  writeFileSync(command, `#!/bin/sh\nexec "${process.execPath}" "${bin}" "$@"\n`);
  chmodSync(command, 0o755);
  const file = join(folder, "shop.conf");
  writeFileSync(file, "main-http: Dispatch.callback\nhttp-p\n");
  const env = { ...userEnv(folder), PATH: [folder, process.env.PATH].join(delimiter) };
  return { folder, file, env };
}

const completed = "main-http: Dispatch.callback\nhttp-port: \n";

test("Neovim completes a key", async () => {
  const { folder, file, env } = desk();
  writeFileSync(join(folder, "init.lua"), settings("lua", "Debian 12 has Neovim 0.7"));
  writeFileSync(
    join(folder, "type.lua"),
    `local function answered()
  local client = vim.lsp.get_active_clients()[1]
  return client and client.initialized
end
local function keys(text)
  vim.fn.feedkeys(vim.api.nvim_replace_termcodes(text, true, false, true), "n")
end
assert(vim.wait(120000, answered, 50), "the server does not answer")
keys("2GA<C-x><C-o>")
local tries = 0
local timer = vim.loop.new_timer()
timer:start(100, 100, vim.schedule_wrap(function()
  tries = tries + 1
  if vim.fn.getline(2) ~= "http-p" then
    timer:stop()
    keys("<Esc>:wqa!<CR>")
  elseif tries > 1200 then
    vim.cmd("cquit")
  end
end))
`,
  );
  const words = ["--headless", "-u", "init.lua", "-n", file, "-S", "type.lua"];
  const outcome = await run("nvim", words, { cwd: folder, env });
  expect(outcome, outcome.stderr).toMatchObject({ code: 0 });
  expect(readFileSync(file, "utf8")).toBe(completed);
});

/** Emacs is larger than all else that the tests install, so it is theirs who have it. */
const hasEmacs = spawnSync("emacs", ["--version"]).status === 0;

test.runIf(hasEmacs)("Emacs completes a key", async () => {
  const { folder, file, env } = desk();
  writeFileSync(
    join(folder, "init.el"),
    `(package-initialize)
(require 'eglot)
(setq eglot-sync-connect 120 eglot-connect-timeout 120)
${settings("elisp", "## Emacs")}
(find-file "${file}")
(let ((noninteractive nil)) (mirage-conf-mode))
(call-interactively 'eglot)
(goto-char (point-min))
(end-of-line 2)
(completion-at-point)
(save-buffer)
`,
  );
  const outcome = await run("emacs", ["--batch", "-l", "init.el"], { cwd: folder, env });
  expect(outcome, outcome.stderr).toMatchObject({ code: 0 });
  expect(readFileSync(file, "utf8")).toBe(completed);
});
