#!/usr/bin/python3
"""The site's web shop: a small, real service that depends on what services depend on. Settings come from the environment.

SHOP_PORT       where it listens (8080)
SHOP_SETTINGS   a YAML file with the shop's name
SHOP_ORDERS     a file: every visit to /order appends a line
SHOP_SESSIONS   a folder: every visit to /visit makes a file
SHOP_CATALOGUE  a file that every visit to / reads
SHOP_INDEX      a folder whose files are opened at start and kept open
SHOP_DB         host:port, connected to on every visit to /stock; SHOP_POOL connections at once
SHOP_WORK       megabytes hashed on every visit to /report
SHOP_WARM_UP    seconds of loading before it says READY=1
SHOP_LOCK       a file lock taken for every visit to /locked
"""
import fcntl
import hashlib
import http.server
import os
import socket
import sys
import time
import uuid

import yaml

env = os.environ.get


class Shop(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        try:
            status, text = 200, self.answer(self.path.split("?")[0])
        except Exception as error:  # whatever it is, the visitor gets a 500 and the log gets the reason
            status, text = 500, "something went wrong"
            print(f"error on {self.path}: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        body = f"{text}\n".encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def answer(self, path):
        if path == "/order":
            with open(env("SHOP_ORDERS"), "a", encoding="utf-8") as orders:
                orders.write(f"{time.time():.0f} order {uuid.uuid4()} " + "x" * 200 + "\n")
            return "ordered"
        if path == "/visit":
            with open(os.path.join(env("SHOP_SESSIONS"), f"sess_{uuid.uuid4().hex}"), "x", encoding="utf-8"):
                pass
            return "welcome"
        if path == "/stock":
            host, port = env("SHOP_DB").rsplit(":", 1)
            pool = []
            try:
                for _ in range(int(env("SHOP_POOL", "1"))):
                    pool.append(socket.create_connection((host, int(port)), timeout=5))
            finally:
                for connection in pool:
                    connection.close()
            return "in stock"
        if path == "/report":
            block = b"x" * (1 << 20)
            digest = hashlib.sha256()
            for _ in range(int(env("SHOP_WORK", "1"))):
                digest.update(block)
            return digest.hexdigest()
        if path == "/locked":
            with open(env("SHOP_LOCK"), "a", encoding="utf-8") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
            return "yours"
        if env("SHOP_CATALOGUE"):
            with open(env("SHOP_CATALOGUE"), encoding="utf-8") as catalogue:
                return catalogue.read().strip()
        return "shop"

    def log_message(self, *_):
        pass


def main():
    if env("SHOP_SETTINGS"):
        with open(env("SHOP_SETTINGS"), encoding="utf-8") as file:
            yaml.safe_load(file)
    if env("SHOP_ORDERS"):
        with open(env("SHOP_ORDERS"), "a", encoding="utf-8"):
            pass
    index = []
    if env("SHOP_INDEX"):
        for name in sorted(os.listdir(env("SHOP_INDEX"))):
            index.append(open(os.path.join(env("SHOP_INDEX"), name), encoding="utf-8"))
    time.sleep(float(env("SHOP_WARM_UP", "0")))
    if env("SHOP_DB") and env("SHOP_DB_AT_START"):
        host, port = env("SHOP_DB").rsplit(":", 1)
        socket.create_connection((host, int(port)), timeout=2).close()
    server = http.server.ThreadingHTTPServer(("0.0.0.0", int(env("SHOP_PORT", "8080"))), Shop)
    server.daemon_threads = True
    if env("NOTIFY_SOCKET"):
        address = env("NOTIFY_SOCKET")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.sendto(b"READY=1", "\0" + address[1:] if address[0] == "@" else address)
    server.serve_forever()


main()
