"""Uses one connection for two requests, the second after a pause."""

import http.client
import time

connection = http.client.HTTPConnection("127.0.0.1", 8081)
for _ in range(2):
    connection.request("GET", "/")
    print(connection.getresponse().read())
    time.sleep(1.5)
