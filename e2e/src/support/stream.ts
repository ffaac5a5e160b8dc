import { once } from "node:events";
import { connect } from "node:net";

/** Everything that a TCP server on 127.0.0.1 sends until it closes. */
export async function readAll(port: number): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let text = "";
  socket.on("data", (data) => {
    text += data;
  });
  await once(socket, "close");
  return text;
}
