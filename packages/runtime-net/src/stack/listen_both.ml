(* SPDX-License-Identifier: ISC *)

module Make (S : V1_LWT.STACKV4V6) = struct
  include S

  let listen_tcpv4 = S.listen_tcp
end
