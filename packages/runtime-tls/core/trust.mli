(* SPDX-License-Identifier: ISC *)

(** Whether a peer's certificates are believed: paths of RFC 5280, 6, by [x509]; names
    of RFC 9525: from the subject alternative names alone, never the common name. *)

(** Who is believed. *)
type t

(** Certificates that these authorities signed, directly or through others. *)
val anchors : X509.Certificate.t list -> t

(** The same from PEM.
    @return [Error] with a sentence if it cannot be read, or holds none. *)
val anchors_of_pem : string -> (t, string) result

(** The one public key of that SHA-256 fingerprint, 32 octets, whatever its certificate
    says. *)
val pinned : string -> t

(** Whom a client means. *)
type name = Host of [ `host ] Domain_name.t | Address of Ipaddr.t

(** A host name, or an address. *)
val name_of_string : string -> (name, string) result

(** [server t ~now name chain] is the server's certificates, read from DER.
    @raise Alert.Fatal with the alert of RFC 8446, 6.2. *)
val server : t -> now:Ptime.t -> name -> string list -> X509.Certificate.t list

(** The same for a client, whose name is nobody's matter here. *)
val client : t -> now:Ptime.t -> string list -> X509.Certificate.t list
