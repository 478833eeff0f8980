#!/usr/bin/python3
"""A small Kubernetes API for the lab, for the real kubectl: nodes, pods, events, and a deployment whose revisions roll out and back.

The objects have the shapes that a cluster of Kubernetes 1.28 gives. It is strict: what it does not know is 404, a patch of another kind than kubectl
sends is 415. What was asked is in /srv/kube/requests. `kube-api FILE` serves the cluster that FILE describes, see the scenarios.
"""
import copy, json, re, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

CLUSTER = json.load(open(sys.argv[1]))
THEN = "2026-11-30T09:00:00Z"
LOG = open("/srv/kube/requests", "a", buffering=1)


def meta(name, namespace=None, **more):
    uid = "00000000-0000-4000-8000-%012x" % (hash((namespace, name)) & 0xFFFFFFFFFFFF)
    made = {"name": name, "uid": more.pop("uid", uid), "creationTimestamp": THEN, "resourceVersion": "4711", **more}
    return {**made, "namespace": namespace} if namespace else made


class State:
    """A cluster with one deployment at most; its ReplicaSets are made as the controller makes them."""

    def __init__(self, cluster):
        self.nodes = {n["name"]: n for n in cluster["nodes"]}
        self.loose = cluster.get("pods", [])
        self.events = cluster.get("events", [])
        self.deny = cluster.get("deny", [])
        self.deployment = None
        if "deployment" in cluster:
            given = cluster["deployment"]
            self.sets = []
            self.deployment = {
                "apiVersion": "apps/v1", "kind": "Deployment",
                "metadata": meta(given["name"], given["namespace"], generation=1, annotations={}),
                "spec": {"replicas": given["replicas"], "selector": {"matchLabels": {"app": given["name"]}}, "template": {},
                         "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
                         "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600},
            }
            for image in given["images"]:
                self.roll({"metadata": {"labels": {"app": given["name"]}},
                           "spec": {"containers": [{"name": "web", "image": image, "imagePullPolicy": "IfNotPresent", "resources": {},
                                                    "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File"}],
                                    "restartPolicy": "Always", "dnsPolicy": "ClusterFirst", "securityContext": {}, "schedulerName": "default-scheduler",
                                    "terminationGracePeriodSeconds": 30}})

    def roll(self, template):
        """What the deployment controller does with a template: an old ReplicaSet of the same is taken again, with a new revision."""
        d = self.deployment
        d["spec"]["template"] = template
        image = template["spec"]["containers"][0]["image"]
        annotated = template["metadata"].get("annotations")
        found = next((s for s in self.sets if s["image"] == image and s["annotated"] == annotated), None)
        if not found:
            found = {"image": image, "annotated": annotated, "name": "%s-%s" % (d["metadata"]["name"], "%08x" % (0x7d9c6b5f + len(self.sets))), "replicas": 0, "ready": 0}
            self.sets.append(found)
        found["revision"] = max([s.get("revision", 0) for s in self.sets]) + 1
        d["metadata"]["annotations"]["deployment.kubernetes.io/revision"] = str(found["revision"])
        d["metadata"]["generation"] += 1
        wanted = d["spec"]["replicas"]
        works = "broken" not in image
        # A program that hangs after a while, and works again in a new pod.
        hangs = "hangs" in image and not annotated
        for s in self.sets:
            if hangs:
                s["replicas"], s["ready"] = wanted if s is found else 0, 0
            elif works:
                s["replicas"] = s["ready"] = wanted if s is found else 0
            elif s is found:
                s["replicas"], s["ready"] = 1, 0
        ready = sum(s["ready"] for s in self.sets)
        d["status"] = {"observedGeneration": d["metadata"]["generation"], "replicas": sum(s["replicas"] for s in self.sets), "updatedReplicas": found["replicas"],
                       "readyReplicas": ready, "availableReplicas": ready, "conditions": [
                           {"type": "Progressing", "status": "True" if works else "False", "reason": "NewReplicaSetAvailable" if works else "ProgressDeadlineExceeded",
                            "message": "", "lastUpdateTime": THEN, "lastTransitionTime": THEN}]}
        if found["replicas"] - found["ready"]:
            d["status"]["unavailableReplicas"] = 1

    def replicasets(self):
        if not self.deployment:
            return []
        d = self.deployment
        owner = {"apiVersion": "apps/v1", "kind": "Deployment", "name": d["metadata"]["name"], "uid": d["metadata"]["uid"], "controller": True, "blockOwnerDeletion": True}
        made = []
        for s in self.sets:
            template = copy.deepcopy(d["spec"]["template"])
            template["spec"]["containers"][0]["image"] = s["image"]
            template["metadata"] = {"labels": {"app": d["metadata"]["name"], "pod-template-hash": s["name"].rsplit("-", 1)[1]}}
            if s["annotated"]:
                template["metadata"]["annotations"] = s["annotated"]
            made.append({"apiVersion": "apps/v1", "kind": "ReplicaSet",
                         "metadata": meta(s["name"], d["metadata"]["namespace"], ownerReferences=[owner], labels=template["metadata"]["labels"],
                                          annotations={"deployment.kubernetes.io/revision": str(s["revision"])}),
                         "spec": {"replicas": s["replicas"], "selector": {"matchLabels": template["metadata"]["labels"]}, "template": template},
                         "status": {"replicas": s["replicas"], "readyReplicas": s["ready"]}})
        return made

    def pods(self):
        made = list(self.loose)
        for s in self.sets if self.deployment else []:
            for n in range(s["replicas"]):
                pod = {"namespace": self.deployment["metadata"]["namespace"], "name": "%s-%s" % (s["name"], "x2x9z k8w4d q7t2m v5b6n".split()[n % 4]),
                       "owner": ["ReplicaSet", s["name"]], "node": sorted(self.nodes)[0], "image": s["image"], "ready": True, "status": "Running", "restarts": 0, "age": "26h"}
                if s["ready"] <= n and "hangs" in s["image"]:
                    pod.update(ready=False)
                elif s["ready"] <= n:
                    pod.update(ready=False, status="CrashLoopBackOff", restarts=9, ago="2m ago", age="21m", last=[1, "Error"], log=["starting", "panic: no column tenant"],
                               waiting=["CrashLoopBackOff", "back-off 5m0s restarting failed container=web pod=%s" % pod["name"]])
                made.append(pod)
        # A pod that waits for a node that takes none comes to run as soon as one does.
        free = [n for n in self.nodes.values() if not n.get("unschedulable")]
        for n, pod in enumerate(made):
            if pod.get("waits_for_node") and free:
                made[n] = {"namespace": pod["namespace"], "name": pod["name"], "ready": True, "status": "Running", "restarts": 0, "age": "1m", "node": free[0]["name"], "owner": pod.get("owner"), "image": "shop:1"}
        return made


def pod_object(p):
    status = {"phase": p.get("phase", "Pending" if p["status"] in ("Pending", "ContainerCreating", "ImagePullBackOff", "ErrImagePull") else "Running"), "conditions": []}
    if p.get("scheduling"):
        status["conditions"].append({"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": p["scheduling"]})
    if not p["ready"] and not p.get("scheduling"):
        status["conditions"].append({"type": "Ready", "status": "False", "reason": "ContainersNotReady", "message": "containers with unready status: [web]"})
    if not p.get("scheduling"):
        one = {"name": "web", "image": p.get("image", "shop:1"), "ready": p["ready"], "restartCount": p["restarts"], "state": {"running": {"startedAt": THEN}}, "lastState": {}}
        if p.get("waiting"):
            one["state"] = {"waiting": {"reason": p["waiting"][0], "message": p["waiting"][1]}}
        if p.get("last"):
            one["lastState"] = {"terminated": {"exitCode": p["last"][0], "reason": p["last"][1], "startedAt": THEN, "finishedAt": THEN}}
        status["containerStatuses"] = [one]
    owners = [{"apiVersion": "apps/v1", "kind": p["owner"][0], "name": p["owner"][1], "uid": "1", "controller": True}] if p.get("owner") else []
    spec = {"containers": [{"name": "web", "image": p.get("image", "shop:1")}]}
    if p.get("node"):
        spec["nodeName"] = p["node"]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": meta(p["name"], p["namespace"], ownerReferences=owners), "spec": spec, "status": status}


def node_object(n):
    up = n.get("ready", True)
    spec = {"unschedulable": True, "taints": [{"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule", "timeAdded": THEN}]} if n.get("unschedulable") else {}
    conditions = n.get("conditions") or [["Ready", "True" if up else "False", "KubeletReady" if up else "KubeletNotReady", n.get("message", "kubelet is posting ready status")]]
    return {"apiVersion": "v1", "kind": "Node", "metadata": meta(n["name"]), "spec": spec,
            "status": {"conditions": [{"type": t, "status": s, "reason": r, "message": m, "lastTransitionTime": THEN} for t, s, r, m in conditions],
                       "allocatable": {"cpu": "2", "memory": "3892Mi", "pods": "110"}}}


def table(columns, rows):
    return {"kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": {"resourceVersion": "4711"},
            "columnDefinitions": [{"name": c, "type": "string", "format": "name" if c == "Name" else "", "description": "", "priority": 0} for c in columns],
            "rows": [{"cells": cells, "object": {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": m}} for cells, m in rows]}


def listed(kind, version, items):
    return {"kind": kind + "List", "apiVersion": version, "metadata": {"resourceVersion": "4711"}, "items": items}


def resource(name, kind, namespaced, verbs="get list patch watch"):
    return {"name": name, "singularName": "", "namespaced": namespaced, "kind": kind, "verbs": verbs.split()}


DISCOVERY = {
    "/api": {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []},
    "/apis": {"kind": "APIGroupList", "apiVersion": "v1", "groups": [
        {"name": g, "versions": [{"groupVersion": g + "/v1", "version": "v1"}], "preferredVersion": {"groupVersion": g + "/v1", "version": "v1"}} for g in ("apps", "authorization.k8s.io")]},
    "/api/v1": {"kind": "APIResourceList", "groupVersion": "v1", "resources": [
        {**resource("nodes", "Node", False), "shortNames": ["no"]}, resource("pods", "Pod", True), resource("pods/log", "Pod", True, "get"), resource("events", "Event", True)]},
    "/apis/apps/v1": {"kind": "APIResourceList", "groupVersion": "apps/v1", "resources": [
        {**resource("deployments", "Deployment", True), "shortNames": ["deploy"]}, {**resource("replicasets", "ReplicaSet", True), "shortNames": ["rs"]}]},
    "/apis/authorization.k8s.io/v1": {"kind": "APIResourceList", "groupVersion": "authorization.k8s.io/v1", "resources": [
        resource("selfsubjectaccessreviews", "SelfSubjectAccessReview", False, "create")]},
    "/version": {"major": "1", "minor": "28", "gitVersion": "v1.28.4", "gitCommit": "", "gitTreeState": "clean", "buildDate": THEN, "goVersion": "go1.20", "compiler": "gc", "platform": "linux/amd64"},
}
STATE = State(CLUSTER)


class Api(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_words):
        pass

    def answer(self, value, code=200, kind="application/json"):
        data = value.encode() if isinstance(value, str) else json.dumps(value).encode()
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def fault(self, code, reason, message):
        self.answer({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": message, "reason": reason, "code": code}, code)

    def do_GET(self):
        url = urlparse(self.path)
        query = {k: v[0] for k, v in parse_qs(url.query).items()}
        LOG.write("GET %s\n" % self.path)
        path = url.path.rstrip("/")
        if path in DISCOVERY:
            return self.answer(DISCOVERY[path])
        what = path.rsplit("/", 1)[-1]
        if what in STATE.deny:
            return self.fault(403, "Forbidden", '%s is forbidden: User "oncall" cannot list resource "%s" in API group "" at the cluster scope' % (what, what))
        as_table = "as=Table" in self.headers.get("Accept", "")
        if path == "/api/v1/nodes" and as_table:
            def word(n):
                return ("Ready" if n.get("ready", True) else "NotReady") + (",SchedulingDisabled" if n.get("unschedulable") else "")
            return self.answer(table(["Name", "Status", "Roles", "Age", "Version"], [([n["name"], word(n), "<none>", "26d", "v1.28.4"], meta(n["name"])) for n in STATE.nodes.values()]))
        if path == "/api/v1/pods" and as_table:
            rows = [([p["name"], "1/1" if p["ready"] else p.get("of", "0/1"), p["status"], "%d%s" % (p["restarts"], " (%s)" % p["ago"] if p.get("ago") else ""), p["age"]],
                     meta(p["name"], p["namespace"])) for p in STATE.pods()]
            return self.answer(table(["Name", "Ready", "Status", "Restarts", "Age"], rows))
        if m := re.fullmatch(r"/api/v1/nodes/([^/]+)", path):
            node = STATE.nodes.get(m[1])
            return self.answer(node_object(node)) if node else self.fault(404, "NotFound", 'nodes "%s" not found' % m[1])
        if m := re.fullmatch(r"/api/v1/namespaces/([^/]+)/pods/([^/]+)(/log)?", path):
            pod = next((p for p in STATE.pods() if (p["namespace"], p["name"]) == (m[1], m[2])), None)
            if not pod:
                return self.fault(404, "NotFound", 'pods "%s" not found' % m[2])
            return self.answer("\n".join(pod.get("log", [])) + "\n", 200, "text/plain") if m[3] else self.answer(pod_object(pod))
        if m := re.fullmatch(r"/api/v1/namespaces/([^/]+)/events", path):
            wanted = dict(part.split("=", 1) for part in query.get("fieldSelector", "").split(",") if part)
            items = [{"apiVersion": "v1", "kind": "Event", "metadata": meta("e%d" % n, m[1]), "type": "Warning", "reason": e["reason"], "message": e["message"], "count": 9,
                      "lastTimestamp": THEN, "involvedObject": {"kind": "Pod", "name": e["pod"], "namespace": m[1]}}
                     for n, e in enumerate(STATE.events) if e["pod"] == wanted.get("involvedObject.name")]
            return self.answer(listed("Event", "v1", items))
        d = STATE.deployment
        base = "/apis/apps/v1/namespaces/%s" % (d["metadata"]["namespace"] if d else "-")
        if path == base + "/replicasets":
            return self.answer(listed("ReplicaSet", "apps/v1", STATE.replicasets()))
        if d and path == base + "/deployments/" + d["metadata"]["name"]:
            return self.answer(d)
        if path == base + "/deployments":
            if query.get("watch"):
                event = json.dumps({"type": "MODIFIED", "object": d}) + "\n"
                return self.answer(event)
            return self.answer(listed("Deployment", "apps/v1", [d]))
        self.fault(404, "NotFound", "the lab's API has no %s" % path)

    def body(self):
        return json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def do_POST(self):
        body = self.body()
        LOG.write("POST %s\n" % self.path)
        if urlparse(self.path).path != "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews":
            return self.fault(404, "NotFound", "the lab's API has no %s" % self.path)
        asked = body["spec"]["resourceAttributes"]
        body["status"] = {"allowed": asked["resource"] not in STATE.deny}
        self.answer(body, 201)

    def do_PATCH(self):
        kind, patch, path = self.headers.get("Content-Type"), self.body(), urlparse(self.path).path
        LOG.write("PATCH %s %s\n" % (path, json.dumps(patch)))
        if (m := re.fullmatch(r"/api/v1/nodes/([^/]+)", path)) and m[1] in STATE.nodes:
            if kind != "application/strategic-merge-patch+json":
                return self.fault(415, "UnsupportedMediaType", "a patch of the kind %s" % kind)
            STATE.nodes[m[1]]["unschedulable"] = bool(patch["spec"].get("unschedulable"))
            return self.answer(node_object(STATE.nodes[m[1]]))
        d = STATE.deployment
        if d and path == "/apis/apps/v1/namespaces/%s/deployments/%s" % (d["metadata"]["namespace"], d["metadata"]["name"]):
            if kind == "application/json-patch+json":
                for one in patch:
                    if one["op"] == "replace" and one["path"] == "/spec/template":
                        one["value"]["metadata"].get("labels", {}).pop("pod-template-hash", None)
                        STATE.roll(one["value"])
                    elif one["path"] != "/metadata/annotations":
                        return self.fault(422, "Invalid", "a patch of %s" % one["path"])
            elif kind == "application/strategic-merge-patch+json":
                template = copy.deepcopy(d["spec"]["template"])
                template["metadata"].setdefault("annotations", {}).update(patch["spec"]["template"]["metadata"]["annotations"])
                STATE.roll(template)
            else:
                return self.fault(415, "UnsupportedMediaType", "a patch of the kind %s" % kind)
            return self.answer(d)
        self.fault(404, "NotFound", "the lab's API has no %s" % path)


ThreadingHTTPServer(("127.0.0.1", 6443), Api).serve_forever()
