"""Serves a small model as OpenAI-compatible servers do: serve.py MODEL. It prints where, and ends when its input does."""

import os
import socket
import sys

import xllamacpp


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


params = xllamacpp.CommonParams()
params.model.path = sys.argv[1]
params.hostnames = ["127.0.0.1"]
params.port = free_port()
params.n_ctx = 8192
params.n_parallel = 1
# More threads wait for each other on a busy machine, and are slower than one.
params.cpuparams.n_threads = 1
params.cpuparams_batch.n_threads = 1
server = xllamacpp.Server(params)
print(f"listening {params.port}", flush=True)
sys.stdin.read()
# The library's threads have nothing to say at the end.
os._exit(0)
