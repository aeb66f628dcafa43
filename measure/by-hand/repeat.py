"""The race of `race-send-against-close`, N times: accept and close against connect and send; counts what the client is told."""
import collections
import socket
import sys
import threading


def close_at_once(listener):
    connection, _ = listener.accept()
    connection.close()


def once():
    listener = socket.create_server(("127.0.0.1", 8080), backlog=1)
    server = threading.Thread(target=close_at_once, args=(listener,))
    server.start()
    told = []
    with socket.create_connection(("127.0.0.1", 8080)) as client:
        for call in (
            lambda: client.send(b"incorrect_prefix"),
            lambda: client.recv(1024),
            lambda: client.send(b"more"),
        ):
            try:
                told.append(str(call()))
            except OSError as error:
                told.append(type(error).__name__)
    server.join()
    listener.close()
    return " ".join(told)


counts = collections.Counter(once() for _ in range(int(sys.argv[1])))
for told, count in counts.most_common():
    print(count, told)
