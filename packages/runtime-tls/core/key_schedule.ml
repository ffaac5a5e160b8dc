(* SPDX-License-Identifier: ISC *)

module Hash = Primitives.Hash

let extract hash ~salt input = Hash.hmac hash ~key:salt input

let expand hash secret ~info ~length =
  let rec blocks count previous sofar =
    if String.length sofar >= length then String.sub sofar 0 length
    else
      let block =
        Hash.hmac hash ~key:secret
          (previous ^ info ^ String.make 1 (Char.chr count))
      in
      blocks (count + 1) block (sofar ^ block)
  in
  blocks 1 "" ""

let expand_label hash secret ~label ~context ~length =
  let info =
    Encoder.u16 length
    ^ Encoder.vector8 [ "tls13 "; label ]
    ^ Encoder.vector8 [ context ]
  in
  expand hash secret ~info ~length

let derive hash secret ~label ~transcript =
  expand_label hash secret ~label ~context:transcript ~length:(Hash.size hash)

let zeros hash = String.make (Hash.size hash) '\000'

(* The salt of the next stage. *)
let derived hash secret =
  derive hash secret ~label:"derived" ~transcript:(Hash.digest hash "")

type early = { hash : Suite.hash; early : string }

type handshake = {
  hash : Suite.hash;
  handshake : string;
  client : string;
  server : string;
}

type master = {
  hash : Suite.hash;
  master : string;
  client : string;
  server : string;
  exporter : string;
}

let early hash ~psk =
  let input = match psk with Some key -> key | None -> zeros hash in
  { hash; early = extract hash ~salt:(zeros hash) input }

let finished hash ~secret ~transcript =
  let key =
    expand_label hash secret ~label:"finished" ~context:""
      ~length:(Hash.size hash)
  in
  Hash.hmac hash ~key transcript

let binder { hash; early } ~truncated =
  let secret =
    derive hash early ~label:"res binder" ~transcript:(Hash.digest hash "")
  in
  finished hash ~secret ~transcript:truncated

let handshake { hash; early } ~shared ~transcript =
  let handshake = extract hash ~salt:(derived hash early) shared in
  let traffic label = derive hash handshake ~label ~transcript in
  {
    hash;
    handshake;
    client = traffic "c hs traffic";
    server = traffic "s hs traffic";
  }

let client_handshake_secret (t : handshake) = t.client
let server_handshake_secret (t : handshake) = t.server

let master (t : handshake) ~transcript =
  let hash = t.hash in
  let master = extract hash ~salt:(derived hash t.handshake) (zeros hash) in
  let secret label = derive hash master ~label ~transcript in
  {
    hash;
    master;
    client = secret "c ap traffic";
    server = secret "s ap traffic";
    exporter = secret "exp master";
  }

let client_application_secret (t : master) = t.client
let server_application_secret (t : master) = t.server

let resumption t ~transcript ~nonce =
  let secret = derive t.hash t.master ~label:"res master" ~transcript in
  expand_label t.hash secret ~label:"resumption" ~context:nonce
    ~length:(Hash.size t.hash)

let export t ~label ~context ~length =
  let secret =
    derive t.hash t.exporter ~label ~transcript:(Hash.digest t.hash "")
  in
  expand_label t.hash secret ~label:"exporter"
    ~context:(Hash.digest t.hash context)
    ~length

let next_secret hash secret =
  expand_label hash secret ~label:"traffic upd" ~context:""
    ~length:(Hash.size hash)

let traffic_keys suite secret =
  let part label length =
    expand_label (Suite.hash suite) secret ~label ~context:"" ~length
  in
  (part "key" (Suite.key_length suite), part "iv" 12)
