# websocket.py URL: python3-websockets against a server that echoes: texts and octets of all sizes of
# frame, fragments, pings, and the closing handshake.
import asyncio
import sys

import websockets


async def main(url):
    async with websockets.connect(url, subprotocols=["other", "echo"], max_size=None) as socket:
        print(socket.subprotocol)
        count = 0
        for size in (0, 1, 125, 126, 65535, 65536, 1000000):
            message = bytes(i * 31 % 256 for i in range(size))
            await socket.send(message)
            assert await socket.recv() == message
            count += 1
        for message in ("", "häß€🐫", "x" * 70000):
            await socket.send(message)
            assert await socket.recv() == message
            count += 1
        await socket.send(["one ", "two ", "three"])
        assert await socket.recv() == "one two three"
        count += 1
        await asyncio.wait_for(await socket.ping(), 30)
        await asyncio.gather(*(socket.send(str(i)) for i in range(100)))
        assert [await socket.recv() for _ in range(100)] == [str(i) for i in range(100)]
        count += 1
        print(count, "messages")
        await socket.close()
        print(socket.close_code)


asyncio.run(main(sys.argv[1]))
