"""Reads ranges at random places of a file over keep-alive connections and prints bytes a second (a process of its own)."""

import random
import socket
import sys
import threading
import time


def main() -> None:
    """``reader.py host port path name span clients seconds``."""
    host, port, path, name, span, clients, seconds = sys.argv[1:]
    size, step, end = 1024**3, int(span), time.perf_counter() + float(seconds)
    totals = [0] * int(clients)

    def read(number: int) -> None:
        rng, buffer = random.Random(number), bytearray(1024 * 1024)
        with socket.create_connection((host, int(port))) as line:
            while time.perf_counter() < end:
                start = rng.randrange(0, size - step)
                span = f"Range: bytes={start}-{start + step - 1}\r\nSec-Fetch-Site: same-origin"
                asked = f"GET {path} HTTP/1.1\r\nHost: {name}\r\n{span}\r\n\r\n"
                line.sendall(asked.encode())
                head = b""
                while b"\r\n\r\n" not in head:
                    got = line.recv_into(buffer)
                    if not got:
                        raise SystemExit("closed")
                    head += buffer[:got]
                head, _, rest = head.partition(b"\r\n\r\n")
                if b" 206 " not in head[:20] or f"bytes {start}-{start + step - 1}/{size}".encode() not in head:
                    raise SystemExit(head.decode())
                left = step - len(rest)
                while left:
                    got = line.recv_into(buffer, min(left, len(buffer)))
                    if not got:
                        raise SystemExit("cut off")
                    left -= got
                totals[number] += step

    threads = [threading.Thread(target=read, args=(number,)) for number in range(int(clients))]
    begin = time.perf_counter()
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    print(sum(totals) / (time.perf_counter() - begin))


if __name__ == "__main__":
    main()
