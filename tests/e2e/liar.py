#!/usr/bin/env python3
"""liar.py PORT OTHER-PORT LOG: a registry that lies, each repository in its own way.

  liar/honest    nothing is wrong          liar/fault     500 twice, then the blob
  liar/wrong     other bytes               liar/broken    half of it, then the rest (Range)
  liar/short     always half of it         liar/away      the blob is at OTHER-PORT
  liar/endless   more than it said

Basic credentials are asked for; LOG gets a line for each request to OTHER-PORT with its Authorization header.
"""
import gzip, hashlib, http.server, io, json, sys, tarfile, threading

port, other, log = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
digest = lambda b: "sha256:" + hashlib.sha256(b).hexdigest()

def image(name):
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as t:
        text = ((name + log) * 20000).encode() # another image each time: no layer is there already
        info = tarfile.TarInfo(name); info.size = len(text)
        t.addfile(info, io.BytesIO(text))
    layer = gzip.compress(raw.getvalue(), 0, mtime=0)
    config = json.dumps({"architecture": "amd64", "os": "linux", "config": {},
                         "rootfs": {"type": "layers", "diff_ids": [digest(raw.getvalue())]}}).encode()
    manifest = json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": digest(config), "size": len(config)},
        "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": digest(layer), "size": len(layer)}]}).encode()
    return layer, config, manifest

images, tries = {n: image(n) for n in "honest wrong short endless fault broken away".split()}, {}

class Registry(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def log_message(self, *a): pass
    def answer(self, status, body=b"", headers={}, promise=None):
        self.send_response(status)
        for k, v in headers.items(): self.send_header(k, v)
        self.send_header("Content-Length", str(len(body) if promise is None else promise))
        self.end_headers()
        try: self.wfile.write(body)
        except OSError: pass
        if promise is not None and promise != len(body): self.close_connection = True
    def do_GET(self):
        if self.server.server_port == other:
            print(self.headers.get("Authorization", "none"), file=open(log, "a"))
            return self.answer(200, images["away"][0])
        if not self.headers.get("Authorization"):
            return self.answer(401, b"{}", {"WWW-Authenticate": 'Basic realm="liar"'})
        parts = self.path.split("/")
        if len(parts) < 6: return self.answer(200, b"{}")
        name, what, ref = parts[3], parts[4], parts[5]
        if name not in images:
            return self.answer(404, b'{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}')
        layer, config, manifest = images[name]
        if what == "manifests":
            return self.answer(200, manifest, {"Content-Type": "application/vnd.oci.image.manifest.v1+json"})
        if ref == digest(config): return self.answer(200, config)
        n = tries[name] = tries.get(name, 0) + 1
        if name == "wrong": return self.answer(200, bytes(len(layer)))
        if name == "short": return self.answer(200, layer[:len(layer) // 2], promise=len(layer))
        if name == "endless": return self.answer(200, layer + bytes(1 << 20))
        if name == "fault" and n <= 2: return self.answer(500, b"oops")
        if name == "away": return self.answer(307, b"", {"Location": f"http://127.0.0.1:{other}/blob"})
        if name == "broken" and n == 1: return self.answer(200, layer[:1000], promise=len(layer))
        start = self.headers.get("Range", "")
        if start:
            at = int(start[6:].split("-")[0])
            print("range", at, file=open(log, "a"))
            return self.answer(206, layer[at:], {"Content-Range": f"bytes {at}-{len(layer)-1}/{len(layer)}"})
        self.answer(200, layer)

for p in (other, port):
    s = http.server.ThreadingHTTPServer(("127.0.0.1", p), Registry)
    s.daemon_threads = True
    threading.Thread(target=s.serve_forever, daemon=p == other).start()
