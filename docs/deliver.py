#!/usr/bin/env python3
"""Places an order, delivers a file, verifies the webhook about it and reads all events; from the description at /docs alone.
usage: deliver.py SERVER EMAIL PASSWORD HOOK_PORT WEBHOOK_SECRET   (the server runs with --webhook http://…:HOOK_PORT/)"""
import base64, datetime, hashlib, hmac, http.server, json, queue, sys, threading, urllib.request

server, email, password, port, secret = sys.argv[1:]
b64, told = lambda raw: base64.b64encode(raw).decode(), queue.Queue()

class Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        signed = f'{self.headers["webhook-id"]}.{self.headers["webhook-timestamp"]}.'.encode() + body
        right = "v1," + b64(hmac.digest(base64.b64decode(secret.removeprefix("whsec_")), signed, "sha256"))
        genuine = any(hmac.compare_digest(right, s) for s in self.headers["webhook-signature"].split())
        self.send_response(200 if genuine else 401)
        self.end_headers()
        if genuine:
            told.put(json.loads(body))
    def log_message(self, *_): pass

def ask(method, path, body=None, **headers):
    data = json.dumps(body).encode() if isinstance(body, dict) else body
    headers = {"Content-Type": "application/json", **{k.replace("_", "-"): v for k, v in headers.items()}}
    with urllib.request.urlopen(urllib.request.Request(server + path, data, headers, method=method)) as answer:
        return answer.headers, json.loads(answer.read() or b"null")

threading.Thread(target=http.server.HTTPServer(("127.0.0.1", int(port)), Hook).serve_forever, daemon=True).start()
me = {"Authorization": "Bearer " + ask("POST", "/api/v1/session", {"email": email, "password": password})[1]["token"]}
due = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=3)).isoformat()
order = ask("POST", "/api/v1/orders", {"title": "Film", "buyer": {"name": "Bea", "email": "bea@example.org"}, "due_at": due}, **me)[1]["id"]
film = b"the bytes of the film"
made, _ = ask("POST", "/uploads/", film, Tus_Resumable="1.0.0", Upload_Length=str(len(film)), Content_Type="application/offset+octet-stream",
              Upload_Metadata=f'order {b64(order.encode())},path {b64("film.mov".encode())}', **me)
assert made["Repr-Digest"] == f"sha-256=:{b64(hashlib.sha256(film).digest())}:", "the server has other bytes"
file = {"upload": made["Location"].rsplit("/", 1)[1], "path": "film.mov", "size": len(film), "sha256": hashlib.sha256(film).hexdigest()}
ask("POST", f"/api/v1/orders/{order}/deliveries", {"description": "The film.", "files": [file]}, Idempotency_Key=order, **me)
while (notice := told.get(timeout=60))["type"] != "order.work_delivered": pass
events, page = [], None
while page is None or page:  # until there are no more
    page = ask("GET", f"/api/v1/orders/{order}/events?limit=1&after={events[-1]['seq'] if events else 0}", **me)[1]["events"]
    events += page
print(order, notice["data"]["order"]["status"], *[e["type"] for e in events])
