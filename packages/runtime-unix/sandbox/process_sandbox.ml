(* SPDX-License-Identifier: ISC *)

external enter_root : unit -> int = "mirage_sandbox_enter_root"
external drop_privileges : bool -> int = "mirage_sandbox_drop_privileges"
external filter : bool -> bool -> bool -> int = "mirage_sandbox_filter"
external is_there : unit -> bool = "mirage_sandbox_is_there"
external error : int -> string = "mirage_sandbox_error"

type profile = Direct | Socket | Low_ports | Unix

let variable = "MIRAGE_SANDBOX"

let wanted () =
  match Sys.getenv_opt variable with
  | None | Some "" -> None
  | Some "direct" -> Some Direct
  | Some "socket" -> Some Socket
  | Some "low-ports" -> Some Low_ports
  | Some "unix" -> Some Unix
  | Some other -> invalid_arg (Printf.sprintf "%s is %S" variable other)

type entered = { profile : profile; root : (unit, string) result }

let result = function 0 -> Ok () | number -> Error (error number)

let must what number =
  match result number with
  | Ok () -> ()
  | Error why -> failwith (Printf.sprintf "the kernel refuses %s: %s" what why)

let enter profile =
  if not (is_there ()) then failwith "this system has none that the runtime knows";
  let root =
    match profile with
    | Direct | Socket -> result (enter_root ())
    | Low_ports -> Error "it has the right to ports below 1024"
    | Unix -> Error "the profile is unix"
  in
  let has_sockets = profile = Socket || profile = Low_ports in
  must "to drop privileges" (drop_privileges (profile = Low_ports));
  must "a filter of system calls"
    (filter has_sockets (Result.is_ok root) (profile = Unix));
  { profile; root }
