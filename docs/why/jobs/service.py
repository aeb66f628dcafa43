"""Takes jobs: a line with the queue's name, then the job until the end. Answers with a line."""
import socket

QUEUES = {b"mail", b"reports"}


def take(connection):
    queue, _, job = connection.recv(4096).partition(b"\n")
    if queue not in QUEUES:
        connection.sendall(b"no such queue\n")
        return
    while more := connection.recv(65536):
        job += more
    connection.sendall(b"taken\n")


listener = socket.create_server(("127.0.0.1", 8080))
while True:
    connection, _ = listener.accept()
    with connection:
        take(connection)
