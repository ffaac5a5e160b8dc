(* SPDX-License-Identifier: ISC *)

(** What a running program answers to who operates it: the command [mirage] asks, over the
    machine's {!Control_channel}.

    A request is a line [ID WORD] or [ID WORD TEXT], where the asker chooses [ID], a word, to
    know the answers by. An answer is a line [ID ok JSON], or [ID error SENTENCE]; of a
    request that goes on, there are lines [ID more BASE64] before it. Lines are at most
    {!longest} octets long and end in a line feed; a carriage return before it is ignored.

    {v
    1 stats
    1 ok {"uptime":12.5,"cpu":0.03,...}
    2 log-level warning,tcp:debug
    2 ok {"level":"warning",...}
    3 capture
    3 more Cg0NChwAAABNPCsaAQAAAP//////////HAAAAA==
    4 stop 3
    3 ok {"frames":7,"lost":0}
    4 ok {}
    v}

    - [stats]: uptime and processor time in seconds, memory in octets, connections that are
      open, responses of the web server, octets of the network, and the garbage collector;
    - [netstat]: the counters of the network stacks ({!Net_counters});
    - [metrics]: [{"text":…}] with {!Metrics.to_text};
    - [health]: [{}] if all is well, or [{"problem":…}] with a sentence ({!Health});
    - [log-level TEXT]: see {!Console_log.change}; without a text, what is let through;
    - [capture]: the frames of all interfaces as a file of pcapng ({!Net_capture}), until
      [stop ID], whose answer tells how many frames there were and how many were lost as they
      came faster than the channel took them;
    - [stop ID]: ends the request [ID].

    @see <https://www.rfc-editor.org/rfc/rfc4648#section-4> for base64 *)

(** [install ~now] answers on all channels from now on, which is when the program starts;
    [now ()] is the time in seconds since 1970. *)
val install : now:(unit -> float) -> unit

(** The length of a line, in octets. *)
val longest : int
