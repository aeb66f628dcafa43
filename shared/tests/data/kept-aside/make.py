"""Makes the captures of this folder anew: real programs in a network namespace, with counters and the kernel's reasons.

Needs root, nginx, node, redis-server, socat, curl, go, java, perl, tcpdump, ss, nft,
python3. Run as
`unshare --net --mount python3 make.py FOLDER`; then read what `FOLDER/*.trace` says and write `kept-aside.jsonl`.
"""
import os, re, signal, socket, subprocess as sp, sys, time, threading, json

out = os.path.abspath(sys.argv[1]); os.makedirs(out, exist_ok=True); os.chdir(out)
only = sys.argv[2:]
sp.run("ip link set lo up; mount -t sysfs none /sys; mount -t tracefs none /sys/kernel/tracing", shell=True, check=True)
TRACE = "/sys/kernel/tracing/instances/kept-aside"
os.makedirs(TRACE, exist_ok=True)
def put(path, text):
    with open(path, "w") as file: file.write(text)
put(f"{TRACE}/trace_clock", "mono")
put(f"{TRACE}/events/tcp/tcp_send_reset/enable", "1")

def counters():
    rows = {}
    for path in ("/proc/net/snmp", "/proc/net/netstat"):
        lines = open(path).read().splitlines()
        for names, values in zip(lines[::2], lines[1::2]):
            group = names.split(":")[0]
            for name, value in zip(names.split()[1:], values.split()[1:]):
                rows[group + name] = int(value)
    return rows

def start(command, port=None, **more):
    program = sp.Popen(command, stdout=sp.DEVNULL, stderr=sp.DEVNULL, **more)
    end = time.time() + 20
    while port and time.time() < end:
        if f":{port:04X} " in open("/proc/net/tcp").read() + open("/proc/net/tcp6").read(): break
        time.sleep(0.05)
    return program

def run(command, **more):
    return sp.run(command, stdout=sp.PIPE, stderr=sp.STDOUT, text=True, timeout=30, **more).stdout.strip()[-200:]

def stop(program, how=signal.SIGKILL):
    program.send_signal(how); program.wait()

class Capture:
    def __init__(self, slug): self.slug = slug
    def __enter__(self):
        put(f"{TRACE}/trace", "")
        self.before = counters()
        log = open(self.slug + ".log", "w")
        self.dump = sp.Popen(["tcpdump", "--immediate-mode", "-U", "-Z", "root", "-i", "lo", "-s", "94", "-w", self.slug + ".pcap", "tcp"], stderr=log)
        while "listening" not in open(self.slug + ".log").read(): time.sleep(0.05)
        return self
    def __exit__(self, *_):
        time.sleep(0.7)
        self.dump.send_signal(signal.SIGINT); self.dump.wait()
        after = counters()
        moved = {k: v - self.before.get(k, 0) for k, v in after.items() if v != self.before.get(k, 0) and k.startswith(("Tcp", "MPTcp"))}
        put(self.slug + ".moved", json.dumps(moved))
        put(self.slug + ".trace", open(f"{TRACE}/trace").read())

CASES = {}
def case(function): CASES[function.__name__.replace("_", "-")] = function; return function

def nginx(text, port):
    put("nginx.conf", "daemon off; master_process off; error_log /dev/null; pid nginx.pid; events {} http { access_log off; client_body_temp_path .; proxy_temp_path .; fastcgi_temp_path .; uwsgi_temp_path .; scgi_temp_path .; " + text + " }")
    return start(["nginx", "-p", out, "-c", out + "/nginx.conf"], port)

@case
def curl_gives_up_on_a_slow_download(capture):
    """curl --limit-rate leaves the answer in its buffer; --max-time ends it."""
    put("big", "x" * 8_000_000)
    server = start(["python3", "-m", "http.server", "18431", "--bind", "127.0.0.1"], 18431)
    with capture: said = run(["curl", "-sS", "-o", "/dev/null", "--limit-rate", "20k", "--max-time", "1", "http://127.0.0.1:18431/big"])
    stop(server); return said

@case
def nginx_reset_timedout(capture):
    """reset_timedout_connection on: nginx sets SO_LINGER 0 when a client's body stops coming."""
    server = nginx("reset_timedout_connection on; client_body_timeout 1s; server { listen 127.0.0.1:18432; location / { proxy_pass http://127.0.0.1:9; } }", 18432)
    with capture:
        client = socket.create_connection(("127.0.0.1", 18432)); client.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nhello")
        try: said = repr(client.recv(100))
        except OSError as error: said = str(error)
    stop(server); return said

@case
def node_reset_and_destroy(capture):
    """A Node.js server calls socket.resetAndDestroy() after its answer."""
    server = start(["node", "-e", "require('net').createServer(s=>{s.on('data',()=>{s.write('hello');setTimeout(()=>s.resetAndDestroy(),100)});s.on('error',()=>{})}).listen(18433,'127.0.0.1')"], 18433)
    with capture: said = run(["curl", "-sS", "--http0.9", "http://127.0.0.1:18433/"])
    stop(server); return said

@case
def python_501_with_a_body(capture):
    """python's http.server answers a POST by 501 and never reads its body."""
    server = start(["python3", "-m", "http.server", "18434", "--bind", "127.0.0.1"], 18434)
    with capture: said = run(["curl", "-sS", "-H", "Expect:", "--data-binary", "@big", "http://127.0.0.1:18434/"])
    stop(server); return said

@case
def go_refuses_a_big_body(capture):
    """Go's net/http with MaxBytesReader answers 413 and closes on an upload."""
    put("a.go", 'package main\nimport ("net/http";"io")\nfunc main(){ http.ListenAndServe("127.0.0.1:18435", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request){ r.Body = http.MaxBytesReader(w, r.Body, 1000); if _, err := io.ReadAll(r.Body); err != nil { http.Error(w, "too big", 413) } })) }')
    sp.run(["go", "build", "-o", "go-server", "a.go"], check=True, env={**os.environ, "GOCACHE": out + "/gocache", "GO111MODULE": "off", "HOME": out})
    server = start([out + "/go-server"], 18435)
    with capture: said = run(["curl", "-sS", "-H", "Expect:", "--data-binary", "@big", "http://127.0.0.1:18435/"])
    stop(server); return said

@case
def node_stopped_then_killed(capture):
    """A Node.js server hangs (SIGSTOP), two clients connect and send, it is killed: they were never accepted."""
    server = start(["node", "-e", "require('http').createServer((q,r)=>r.end('ok')).listen(18436,'127.0.0.1')"], 18436)
    with capture:
        server.send_signal(signal.SIGSTOP)
        clients = [start(["curl", "-sS", "http://127.0.0.1:18436/"]) for _ in range(2)]
        time.sleep(0.5); stop(server)
        said = str([client.wait() for client in clients])
    return said

@case
def curl_localhost_refused_first(capture):
    """A server on 127.0.0.1 only: curl asks ::1 first, is refused, and then served."""
    server = start(["python3", "-m", "http.server", "18437", "--bind", "127.0.0.1"], 18437)
    with capture: said = run(["curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", "--resolve", "here:18437:[::1],127.0.0.1", "http://here:18437/a.go"])
    stop(server); return said

@case
def ss_kills_a_redis_client(capture):
    """An administrator destroys the server's socket of an idle redis client with ss -K."""
    server = start(["redis-server", "--port", "18438", "--save", "", "--bind", "127.0.0.1"], 18438)
    with capture:
        client = socket.create_connection(("127.0.0.1", 18438)); client.sendall(b"PING\r\n"); client.recv(100)
        time.sleep(0.2); run(["ss", "-K", "state", "established", "sport = :18438"])
        try: said = repr(client.recv(100))
        except OSError as error: said = str(error)
    stop(server); return said

def rejected_download(capture, port, host, family):
    """A firewall rule, reject with tcp reset, comes into force in the middle of a download."""
    server = start(["python3", "-m", "http.server", str(port), "--bind", host.strip("[]")], port)
    with capture:
        client = start(["curl", "-sS", "-o", "/dev/null", "--limit-rate", "2M", f"http://{host}:{port}/big"])
        time.sleep(1)
        sp.run(f"nft add table {family} t; nft add chain {family} t c '{{ type filter hook input priority 0; }}'; nft add rule {family} t c tcp dport {port} reject with tcp reset", shell=True, check=True)
        said = str(client.wait(timeout=20))
    sp.run(f"nft delete table {family} t", shell=True); stop(server); return said

@case
def nft_rejects_a_download(capture): return rejected_download(capture, 18439, "127.0.0.1", "ip")

@case
def nft_rejects_a_download_ipv6(capture): return rejected_download(capture, 18443, "[::1]", "ip6")

@case
def node_keep_alive_race(capture):
    """http.client uses a connection again that Node.js closed after its keepAliveTimeout."""
    server = start(["node", "-e", "const s=require('http').createServer((q,r)=>r.end('ok'));s.keepAliveTimeout=300;s.listen(18440,'127.0.0.1')"], 18440)
    with capture:
        client = socket.create_connection(("127.0.0.1", 18440))
        client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"); client.recv(1000); time.sleep(2)
        client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"); time.sleep(0.1)
        try: said = repr(client.recv(100))
        except OSError as error: said = str(error)
    stop(server); return said

@case
def socat_whose_program_does_not_read(capture):
    """socat EXEC:true: the program ends without reading what the client sent."""
    server = start(["socat", "TCP4-LISTEN:18441,bind=127.0.0.1,fork,reuseaddr", "EXEC:/bin/true"], 18441)
    with capture:
        client = socket.create_connection(("127.0.0.1", 18441)); client.sendall(b"x" * 100000); time.sleep(0.5)
        try: said = repr(client.recv(100)); client.sendall(b"more"); time.sleep(0.2); client.sendall(b"more")
        except OSError as error: said = str(error)
    stop(server); return said

@case
def curl_served_in_order(capture):
    """Nothing is reset: curl downloads a file from nginx on one kept connection, twice."""
    server = nginx(f"server {{ listen 127.0.0.1:18442; root {out}; }}", 18442)
    with capture: said = run(["curl", "-sS", "-o", "/dev/null", "-o", "/dev/null", "-w", "%{http_code} ", "http://127.0.0.1:18442/big", "http://127.0.0.1:18442/a.go"])
    stop(server); return said

@case
def go_sets_linger_zero(capture):
    """A Go server reads the request, answers and closes with SetLinger(0)."""
    put("b.go", 'package main\nimport "net"\nfunc main(){ l, _ := net.Listen("tcp", "127.0.0.1:18444"); for { c, err := l.Accept(); if err != nil { return }; b := make([]byte, 1000); c.Read(b); c.Write([]byte("bye")); c.(*net.TCPConn).SetLinger(0); c.Close() } }')
    sp.run(["go", "build", "-o", "go-linger", "b.go"], check=True, env={**os.environ, "GOCACHE": out + "/gocache", "GO111MODULE": "off", "HOME": out})
    server = start([out + "/go-linger"], 18444)
    with capture:
        client = socket.create_connection(("127.0.0.1", 18444)); client.sendall(b"hello"); time.sleep(0.2)
        try: said = repr(client.recv(100)) + repr(client.recv(100))
        except OSError as error: said = str(error)
    stop(server); return said

@case
def java_server_killed_with_a_queue(capture):
    """A Java server never calls accept; two clients wait in its queue, one has sent its request, when it is killed."""
    put("Queue.java", 'public class Queue { public static void main(String[] a) throws Exception { new java.net.ServerSocket(18445, 50, java.net.InetAddress.getByName("127.0.0.1")); Thread.sleep(60000); } }')
    server = start(["java", "Queue.java"], 18445)
    with capture:
        clients = [socket.create_connection(("127.0.0.1", 18445)) for _ in range(2)]
        clients[0].sendall(b"GET / HTTP/1.0\r\n\r\n"); time.sleep(0.3); stop(server); time.sleep(0.2)
        said = []
        for client in clients:
            try: said.append(repr(client.recv(100)))
            except OSError as error: said.append(str(error))
    return str(said)

@case
def perl_server_is_written_to_twice(capture):
    """A Perl server answers and closes; its client writes two more lines, half a second apart."""
    server = start(["perl", "-MIO::Socket::INET", "-e", 'my $l = IO::Socket::INET->new(LocalAddr => "127.0.0.1:18446", Listen => 5, ReuseAddr => 1); while (my $c = $l->accept) { <$c>; print $c "bye\n"; close $c }'], 18446)
    with capture:
        client = socket.create_connection(("127.0.0.1", 18446)); client.sendall(b"hello\n"); time.sleep(0.5)
        try: client.sendall(b"more\n"); time.sleep(0.5); client.sendall(b"more\n"); said = repr(client.recv(100))
        except OSError as error: said = str(error)
    stop(server); return said

@case
def node_client_destroys_a_download(capture):
    """A Node.js client calls destroy() in the middle of a download from nginx."""
    server = nginx(f"server {{ listen 127.0.0.1:18447; root {out}; }}", 18447)
    with capture: said = run(["node", "-e", "const s=require('net').connect(18447,'127.0.0.1',()=>s.write('GET /big HTTP/1.0\\r\\n\\r\\n'));s.once('data',()=>{s.pause();setTimeout(()=>s.destroy(),100)})"])
    stop(server); return said

@case
def redis_connection_that_only_one_end_knows(capture):
    """The server's socket is destroyed and a rule swallows its RST; the capture begins after that, and the client speaks."""
    server = start(["redis-server", "--port", "18448", "--save", "", "--bind", "127.0.0.1"], 18448)
    client = socket.create_connection(("127.0.0.1", 18448)); client.sendall(b"PING\r\n"); client.recv(100)
    sp.run("nft add table ip t; nft add chain ip t c '{ type filter hook output priority 0; }'; nft add rule ip t c tcp sport 18448 tcp flags rst drop", shell=True, check=True)
    run(["ss", "-K", "state", "established", "sport = :18448"]); time.sleep(0.3)
    sp.run("nft delete table ip t", shell=True)
    with capture:
        client.sendall(b"PING\r\n"); time.sleep(0.2)
        try: said = repr(client.recv(100))
        except OSError as error: said = str(error)
    stop(server); return said

@case
def a_health_check_that_resets(capture):
    """A health check connects to nginx and closes with SO_LINGER 0; then curl is served."""
    server = nginx(f"server {{ listen 127.0.0.1:18449; root {out}; }}", 18449)
    with capture:
        check = socket.create_connection(("127.0.0.1", 18449))
        check.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0"); check.close()
        said = run(["curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", "http://127.0.0.1:18449/a.go"])
    stop(server); return said

@case
def go_client_times_out(capture):
    """Go's http.Client has a timeout of 300 ms and gives up in the middle of a body."""
    put("c.go", 'package main\nimport ("net/http";"io";"time")\nfunc main(){ c := http.Client{Timeout: 300*time.Millisecond}; r, err := c.Get("http://127.0.0.1:18450/big"); if err != nil { println(err.Error()); return }; b := make([]byte, 1000); io.ReadFull(r.Body, b); time.Sleep(time.Second); _, err = io.ReadAll(r.Body); if err != nil { println(err.Error()) } }')
    sp.run(["go", "build", "-o", "go-client", "c.go"], check=True, env={**os.environ, "GOCACHE": out + "/gocache", "GO111MODULE": "off", "HOME": out})
    server = start(["python3", "-m", "http.server", "18450", "--bind", "127.0.0.1"], 18450)
    with capture: said = run([out + "/go-client"])
    stop(server); return said

@case
def a_full_queue_that_drops(capture):
    """tcp_abort_on_overflow is on and a queue is full: it is SYNs that come, and these are dropped without a RST."""
    put("/proc/sys/net/ipv4/tcp_abort_on_overflow", "1")
    server = start(["python3", "-c", "import socket,time; s=socket.create_server(('127.0.0.1',18451),backlog=1); time.sleep(60)"], 18451)
    with capture:
        said = []
        for _ in range(5):
            client = socket.socket(); client.settimeout(0.3)
            try: client.connect(("127.0.0.1", 18451)); client.sendall(b"hello"); said.append(repr(client.recv(10)))
            except OSError as error: said.append(str(error))
    put("/proc/sys/net/ipv4/tcp_abort_on_overflow", "0"); stop(server); return str(said)

@case
def java_client_is_refused(capture):
    """A Java client connects to a port where nobody listens."""
    put("Knock.java", 'public class Knock { public static void main(String[] a) throws Exception { new java.net.Socket("127.0.0.1", 18452); } }')
    with capture: said = run(["java", "Knock.java"])
    return said

try:
    for slug, function in CASES.items():
        if only and slug not in only: continue
        try: print(slug, "->", function(Capture(slug)), flush=True)
        except Exception as error: print(slug, "FAILED", repr(error), flush=True)
        for line in open(slug + ".trace"):
            if "tcp_send_reset" in line and ":184" in line: print("   ", line.strip()[:230])
        print("   ", open(slug + ".moved").read())
finally:
    put(f"{TRACE}/events/tcp/tcp_send_reset/enable", "0"); os.rmdir(TRACE)
