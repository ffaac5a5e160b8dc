(* SPDX-License-Identifier: ISC *)

(* What OCaml 5 has and a kernel has to cope with, a line each. *)

open Lwt.Infix

type _ Effect.t += Double : int -> int Effect.t

let with_effects () =
  let open Effect.Deep in
  match_with
    (fun () -> Effect.perform (Double 20) + Effect.perform (Double 1))
    ()
    {
      retc = Fun.id;
      exnc = raise;
      effc =
        (fun (type a) (e : a Effect.t) ->
          match e with
          | Double n -> Some (fun (k : (a, _) continuation) -> continue k (2 * n))
          | _ -> None);
    }

let rec depth n = if n = 0 then 0 else 1 + depth (n - 1)
let rec endless n = 1 + endless (n + 1)

(* Some 300 MB, of which little is alive at any time. *)
let churn () =
  let alive = ref [] in
  for i = 1 to 3_000_000 do
    if i mod 1000 = 0 then alive := [];
    alive := Bytes.create 100 :: !alive
  done

let caught f = match f () with _ -> "nothing" | exception e -> Printexc.to_string e

let main () =
  Console.connect "console" >>= function
  | `Error _ -> Lwt.fail_with "no console"
  | `Ok console ->
      churn ();
      Lwt_list.iter_s (Console.log_s console)
        [
          "version " ^ Sys.ocaml_version;
          Printf.sprintf "effects %d" (with_effects ());
          Printf.sprintf "depth %d" (depth 20_000);
          "overflow " ^ caught (fun () -> endless 0);
          "domain " ^ caught (fun () -> Domain.spawn ignore);
          "memory " ^ caught (fun () -> Bytes.create 1_000_000_000);
        ]
      >>= fun () ->
      OS.Time.sleep 0.1 >>= fun () -> failwith "the end"

let () = OS.Main.run (main ())
