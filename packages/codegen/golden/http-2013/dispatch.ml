open Lwt
module CL = Cohttp_lwt_mirage

let split path = Re_str.split_delim (Re_str.regexp_string "/") path

let t _connection ?body request =
  let path = Uri.path (CL.Request.uri request) in
  lwt static =
    match_lwt OS.Devices.find_kv_ro "static" with
    | None -> fail Not_found
    | Some static -> return static
  in
  match_lwt static#read (String.concat "/" (List.tl (split path))) with
  | Some body ->
    lwt body = Lwt_stream.to_list body >|= Cstruct.copyv in
    CL.Server.respond_string ~status:`OK ~body ()
  | None -> (
      match body with
      | Some _ -> CL.Server.respond_string ~status:`Bad_request ~body:"a body" ()
      | None -> CL.Server.respond_not_found ~uri:(CL.Request.uri request) ())
