(* SPDX-License-Identifier: ISC *)

let check source expected =
  let got = Translation.of_source ~file:"a.ml" source in
  if got <> expected then begin
    Printf.eprintf "%s\nis\n%s\nnot\n%s\n" source got expected;
    exit 1
  end

let unchanged source = check source source
let translated source expected = check source ("open Mirage_lwt_syntax\n# 1 \"a.ml\"\n" ^ expected)

let () =
  unchanged "let a = b >>= fun () -> c\n";
  unchanged "(* lwt x >> y *) let s = \"match_lwt\" and q = {x|try_lwt|x}\n";
  unchanged "let ( >> ) f g x = g (f x)\nlet h = f >> g\n";
  unchanged "";
  unchanged "let c = '(' let d = '\\''\n(* \"*)\" *)\n";
  translated "lwt x = f () in\ng x\n" "let* x = f () in\ng x\n";
  translated "let a = b >> c\nlet d = e\n" "let a = b >>* (fun _ -> c)\nlet d = e\n";
  translated "let a = b >> fun () -> c; d\nmodule M = N"
    "let a = b >>* (fun _ -> fun () -> c; d)\nmodule M = N";
  (* Lines stay, also where a source does not end. *)
  translated "let a =\n  b >>\n  (c\n" "let a =\n  b >>* (fun _ ->\n  (c)\n";
  translated "done end ) lwt" "done end ) let*"
