(* SPDX-License-Identifier: ISC *)

let counter = Net_counters.counter
let one = Net_counters.increment

(* RFC 4293. *)
module Ip (Version : sig
  val prefix : string

  (** Of what Linux counts beside its RFC. *)
  val extended : string
end) =
struct
  let named name = counter (Version.prefix ^ name)
  let in_receives = named "InReceives"
  let in_header_errors = named "InHdrErrors"
  let in_address_errors = named "InAddrErrors"
  let in_delivers = named "InDelivers"
  let out_requests = named "OutRequests"
  let out_no_routes = named "OutNoRoutes"
  let reassembly_required = named "ReasmReqds"
  let reassembly_done = named "ReasmOKs"
  let fragmented = named "FragOKs"
  let fragments = named "FragCreates"
  let in_octets = counter (Version.extended ^ "InOctets")
  let out_octets = counter (Version.extended ^ "OutOctets")
end

module Ip4 = Ip (struct
  let prefix = "Ip"
  let extended = "IpExt"
end)

module Ip6 = Ip (struct
  let prefix = "Ip6"
  let extended = prefix
end)

let icmp_in = counter "IcmpInMsgs"
let icmp_out = counter "IcmpOutMsgs"
let icmp6_in = counter "Icmp6InMsgs"
let icmp6_out = counter "Icmp6OutMsgs"

(* RFC 4113. *)
let udp_in = counter "UdpInDatagrams"
let udp_no_ports = counter "UdpNoPorts"
let udp_in_errors = counter "UdpInErrors"
let udp_out = counter "UdpOutDatagrams"

(* RFC 4022. *)
let tcp_active_opens = counter "TcpActiveOpens"
let tcp_passive_opens = counter "TcpPassiveOpens"
let tcp_attempt_fails = counter "TcpAttemptFails"
let tcp_established_resets = counter "TcpEstabResets"
let tcp_in = counter "TcpInSegs"
let tcp_out = counter "TcpOutSegs"
let tcp_in_errors = counter "TcpInErrs"
let tcp_out_resets = counter "TcpOutRsts"
let tcp_retransmitted = counter "TcpRetransSegs"

(* /proc/net/netstat. *)
let tcp_timeouts = counter "TcpExtTCPTimeouts"
let tcp_cookies_sent = counter "TcpExtSyncookiesSent"
let tcp_cookies_received = counter "TcpExtSyncookiesRecv"
let tcp_cookies_failed = counter "TcpExtSyncookiesFailed"
let tcp_abandoned_for_memory = counter "TcpExtTCPAbortOnMemory"
