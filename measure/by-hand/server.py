"""What one writes to see a RST: accept, read, close with SO_LINGER 0."""
import socket
import struct

listener = socket.create_server(("127.0.0.1", 8080))
print("ready", flush=True)
connection, _ = listener.accept()
connection.recv(1024)
connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
connection.close()
