"""Posts twenty jobs, and logs what came of those that were not taken."""
import socket

for number in range(20):
    queue = b"mail" if number % 5 else b"mails"
    job = b"x" * (5_000_000 if number % 2 else 50)
    try:
        with socket.create_connection(("127.0.0.1", 8080)) as connection:
            connection.sendall(queue + b"\n" + job)
            connection.shutdown(socket.SHUT_WR)
            answer = connection.recv(100).decode().strip()
    except OSError as error:
        answer = f"post: {error}"
    if answer != "taken":
        print(f"job {number}: {answer}")
