(* Written by mirage configure from shop.conf. *)

let cache_size =
  Argument.value Argument.int ~default:16 ~doc:"entries of the cache" "cache-size"
let peers =
  Argument.value Argument.(list address) ~default:[ (Ipaddr.V4.of_string_exn "10.0.0.7"); (Ipaddr.V4.of_string_exn "10.0.0.8") ] "peers"
let allowed =
  Argument.value Argument.cidr ~default:(Argument.cidr_exn "10.0.0.5/24") ~doc:"who may ask" "allowed"
let pause =
  Argument.value Argument.duration ~default:90. "pause"
let room =
  Argument.value Argument.size ~default:67108864 "room"
let title =
  Argument.value Argument.string ~default:"a \"title\"" ~doc:"what it says" "title"
let loud =
  Argument.value Argument.bool ~default:false "loud"
let key =
  Argument.value Argument.string "key"
let shift =
  Argument.value Argument.int ~default:(-1) "shift"
