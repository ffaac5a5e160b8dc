import { existsSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { mirage, mirageOk, run, temporaryFolder } from "./support/mirage.js";

test("a library that needs Unix is refused for a kernel before anything is written, and later through a library of the application's own", async () => {
  const folder = temporaryFolder();
  const conf = (depends: string) =>
    writeFileSync(join(folder, "hello.conf"), `main-noip: Hello.main\ndepends: ${depends}\n`);
  writeFileSync(join(folder, "hello.ml"), "let main () = Lwt.return_unit\n");

  conf("lwt, lwt.unix");
  const refused = await mirage(["configure", "--xen"], folder);
  expect(refused).toMatchObject({ code: 1 });
  expect(refused.stderr).toContain("hello.conf:2:15");
  expect(refused.stderr).toMatch(/it needs `unix` \(lwt\.unix → .*unix\)/);
  expect(readdirSync(folder).sort()).toEqual(["hello.conf", "hello.ml"]);
  await mirageOk(["configure", "--unix"], folder);

  conf("mine");
  mkdirSync(join(folder, "mine"));
  writeFileSync(join(folder, "mine/dune"), "(library (name mine) (libraries lwt.unix))\n");
  writeFileSync(join(folder, "mine/mine.ml"), "let sleep = Lwt_unix.sleep\n");
  await mirageOk(["configure", "--xen"], folder);
  const build = await mirage(["build"], folder);
  expect(build.code).toBe(1);
  expect(build.stderr).toMatch(/required by library "lwt\.unix"[\s\S]*required by library "mine"/);
});

const program = `open Lwt.Infix

module Main (C : V1_LWT.CONSOLE) = struct
  let start c =
    let seed = Cstruct.of_string "not random at all, but for a test" in
    Mirage_crypto_rng.set_default_generator
      (Mirage_crypto_rng.create ~seed (module Mirage_crypto_rng.Fortuna));
    let key = Mirage_crypto_pk.Rsa.generate ~bits:1024 () in
    let dn = X509.Distinguished_name.[ Relative_distinguished_name.singleton (CN "kernel") ] in
    match X509.Signing_request.create dn (\`RSA key) with
    | Error _ -> C.log_s c "no request"
    | Ok request ->
        C.log_s c (Cstruct.to_string (X509.Signing_request.encode_pem request)) >>= fun () ->
        (* A function of the C library's libm. *)
        C.log_s c (Printf.sprintf "%s %.6f" (Z.to_string (Z.pow (Z.of_int 3) 50)) (2. ** 0.5))
end
`;

test("a kernel holds C libraries that OCaml libraries name, such as zarith's GMP, and is linked anew only when it changes", async () => {
  const folder = temporaryFolder();
  const conf = "main-app: Unikernel.Main (console)\ndepends: x509, mirage-crypto-pk\n";
  writeFileSync(join(folder, "request.conf"), conf);
  writeFileSync(join(folder, "unikernel.ml"), program);
  await mirageOk(["configure", "--xen"], folder);
  await mirageOk(["build"], folder);
  const kernel = join(folder, "mir-request.xen");

  const booted = await run("qemu-system-x86_64", [
    ...["-accel", "tcg", "-cpu", "qemu64,+rdrand", "-m", "64", "-nodefaults", "-no-reboot"],
    ...["-display", "none", "-serial", "stdio", "-kernel", kernel],
    ...["-device", "isa-debug-exit,iobase=0xf4,iosize=4"],
  ]);
  const said = booted.stdout.replaceAll("\r", "");
  expect(said).toContain(`${3n ** 50n} 1.414214`);
  const [pem = ""] = /-----BEGIN[\s\S]*-----END CERTIFICATE REQUEST-----/.exec(said) ?? [];
  writeFileSync(join(folder, "request.pem"), `${pem}\n`);
  const request = ["req", "-verify", "-noout", "-subject", "-in", join(folder, "request.pem")];
  expect(await run("openssl", request)).toMatchObject({
    code: 0,
    stdout: "subject=CN = kernel\n",
  });

  const linked = join(folder, "_build/default/main.linked");
  const before = statSync(linked).mtimeMs;
  const long = new Date("2020-01-01");
  utimesSync(kernel, long, long);
  await mirageOk(["build"], folder);
  expect(statSync(linked).mtimeMs).toBe(before);
  expect(statSync(kernel).mtime).toEqual(long);
  writeFileSync(join(folder, "unikernel.ml"), program.replace("int 3) 50", "int 3) 51"));
  await mirageOk(["build"], folder);
  expect(statSync(kernel).mtime).not.toEqual(long);
  expect(existsSync(`${kernel}.sym`)).toBe(true);
});
