import { createSocket } from "node:dgram";
import { once } from "node:events";
import { onTestFinished } from "vitest";

/** Sends a datagram until an answer comes: UDP may lose one while the stack starts. */
export async function exchange(port: number, text: string): Promise<string> {
  const socket = createSocket("udp4");
  onTestFinished(() => {
    socket.close();
  });
  const answer = once(socket, "message");
  const sending = setInterval(() => socket.send(text, port, "127.0.0.1"), 200);
  const [message] = await answer;
  clearInterval(sending);
  return message.toString();
}
