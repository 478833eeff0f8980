"""What is found where it should be, and where it should not: the scenarios of the lab against what a diagnosis said of each."""

import json
import os
import subprocess
import sys
import tempfile

# All that can be played without a VM take about twenty minutes on two cores.
LONGEST = 3600


def play(root, sickbay, names, longest=LONGEST):
    """Plays scenarios by their names, or all but those in VMs; gives what each found, and how the run ended."""
    if names:
        unknown = [name for name in names if not os.path.exists(os.path.join(root, "tests/lab/scenarios", f"{name}.toml"))]
        if unknown:
            sys.exit(f"no scenario is called {', '.join(unknown)}")
        wanted = " + ".join(f"test(=scenarios::{name.replace('-', '_')})" for name in names)
    else:
        wanted = "test(/^scenarios::/) - test(/^scenarios::vm_/) - test(no_scenario_is_forgotten)"
    with tempfile.TemporaryDirectory() as folder:
        results = os.path.join(folder, "results")
        env = {**os.environ, "SICKBAY_SCENARIOS": results, "SICKBAY_BIN": sickbay}
        # Built as tests/run builds, so that nothing is built twice.
        build = ["--locked", "--workspace", "--features", "sickbay/failpoints"]
        argv = ["cargo", "nextest", "run", *build, "--run-ignored", "all", "--no-fail-fast", "-E", f"package(tests) and ({wanted})"]
        try:
            ended = subprocess.run(argv, cwd=root, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=longest).returncode
            how = "all as expected" if ended == 0 else f"cargo nextest ended with {ended}: some did not go as expected"
        except subprocess.TimeoutExpired:
            how = f"cut off after {longest} s"
        return (read(results) if os.path.exists(results) else []), how


def read(path):
    """What scenarios found, one a line; of one that was played twice the last."""
    with open(path) as file:
        seen = {one["scenario"]: one for one in map(json.loads, filter(str.strip, file))}
    return [seen[name] for name in sorted(seen)]


def judge(one):
    """Each code that was expected or found in a scenario: found, missed, false alarm, or a consequence of what was expected."""
    found = {finding["id"]: finding for finding in one["found"]}
    expected = set(one["expected"])

    def follows(finding, seen):
        if finding["code"] in expected:
            return True
        by = [found[i] for i in finding["explained_by"] if i in found and i not in seen]
        return any(follows(cause, seen | {finding["id"]}) for cause in by)

    verdicts = {code: "missed" for code in expected}
    for finding in found.values():
        code = finding["code"]
        if code in expected:
            verdicts[code] = "found"
        elif not one["healthy"] and follows(finding, set()):
            verdicts.setdefault(code, "consequence")
        else:
            verdicts[code] = "false alarm"
    return verdicts


SIGNS = {"found": "■", "missed": "✗", "false alarm": "!", "consequence": "·"}


def share(part, whole):
    return f"{part / whole:.2f}" if whole else "-"


def table(results, how):
    """The table: codes against scenarios, then each code with its precision and recall."""
    verdicts = [judge(one) for one in results]
    codes = sorted({code for one in verdicts for code in one})
    healthy = sum(1 for one in results if one["healthy"])
    print(f"\n{len(results)} scenarios were played, {healthy} of them healthy hosts; {how}")
    print("■ expected and found   ✗ missed   ! false alarm   · explained by what was expected\n")
    for number, one in enumerate(results, 1):
        print(f"{number:>4} {one['scenario']}{' (healthy)' if one['healthy'] else ''}")
    width = max((len(code) for code in codes), default=4)
    print("\n" + " " * width + "  " + "".join(str(n // 10 % 10) if n % 10 == 0 else " " for n in range(1, len(results) + 1)))
    print(" " * width + "  " + "".join(str(n % 10) for n in range(1, len(results) + 1)))
    for code in codes:
        print(f"{code:<{width}}  " + "".join(SIGNS.get(one.get(code), " ") for one in verdicts).rstrip())
    print(f"\n{'code':<{width}}  expected  found  missed  false alarms  precision  recall")
    total = dict.fromkeys(SIGNS, 0)
    for code in codes:
        count = {kind: sum(1 for one in verdicts if one.get(code) == kind) for kind in SIGNS}
        for kind in SIGNS:
            total[kind] += count[kind]
        if count["found"] + count["missed"] + count["false alarm"]:
            line(code, width, count)
    line("all", width, total)
    for one, verdict in zip(results, verdicts):
        wrong = [f"{code} {kind}" for code, kind in sorted(verdict.items()) if kind in ("missed", "false alarm")]
        if wrong:
            print(f"{one['scenario']}: {', '.join(wrong)}")


def line(name, width, count):
    expected = count["found"] + count["missed"]
    told = count["found"] + count["false alarm"]
    print(f"{name:<{width}}  {expected:>8}  {count['found']:>5}  {count['missed']:>6}  {count['false alarm']:>12}  {share(count['found'], told):>9}  {share(count['found'], expected):>6}")


def main(root, sickbay, names, results):
    if results:
        table(read(results), f"as {os.path.basename(results)} has it")
        return
    got, how = play(root, sickbay, names)
    if not got:
        sys.exit(f"no scenario told what it found: {how}")
    table(got, how)
