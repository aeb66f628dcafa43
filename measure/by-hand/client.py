"""The other half: connect, say something, see how it ends."""
import socket

connection = socket.create_connection(("127.0.0.1", 8080))
connection.sendall(b"hello")
try:
    print("received", connection.recv(1024))
except ConnectionResetError as error:
    print("received", error)
