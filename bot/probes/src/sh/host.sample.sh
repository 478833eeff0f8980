# Two looks at the kernel's counters, a moment apart: what is busy now, not since the boot.
# Lines `1 …` and `2 …` are counters that changed; `process PID START COMM STATE TICKS TICKS_EVER NICE THREADS RSS_PAGES POLICY TTY` are those that
# worked most in between or hold most memory, `looked LEAST MOST` the seconds that lie between the two looks at any of them; `cgroup PID:…` says to whom they belong.
snap() {
  grep -sH '' /proc/uptime /proc/stat /proc/vmstat /proc/diskstats /proc/net/dev /proc/pressure/cpu /proc/pressure/memory /proc/pressure/io
  [ -z "$logs" ] || stat -c 'log %n	%s' $logs 2>/dev/null
  echo processes
  # With the time before and after: on a host whose processors are taken, the look itself has to wait.
  cat /proc/uptime /proc/[0-9]*/stat /proc/uptime 2>/dev/null
}
logs=$(find /var/log -xdev -type f -mmin -2 ! -path '/var/log/journal/*' 2>/dev/null | grep -v '[[:space:]*?[]' | head -n 40)
out=$({ snap; echo second; sleep 0.7 2>/dev/null || sleep 1; snap; } | awk '
  function key(line,  w) {
    split(line, w, " ")
    if (w[1] == "disk") return "disk " w[4]
    if (w[1] == "net" || w[1] == "log") return w[1] " " w[2]
    return w[1]
  }
  $0 == "second" { second = 1; inside = 0; next }
  $0 == "processes" { inside = 1; next }
  !inside {
    at = index($0, ":"); file = substr($0, 1, at - 1); rest = substr($0, at + 1)
    if (file == "/proc/uptime") { sub(/ .*/, "", rest); $0 = "uptime " rest }
    else if (file == "/proc/stat") { if (rest !~ /^(cpu|procs_)/) next; $0 = rest }
    else if (file == "/proc/vmstat") { if (rest !~ /^(pswpin|pswpout|pgmajfault|pgscan_direct|oom_kill) /) next; $0 = rest }
    else if (file == "/proc/diskstats") { sub(/^ */, "", rest); $0 = "disk " rest }
    else if (file == "/proc/net/dev") { if (rest ~ /\|/) next; sub(/^ */, "", rest); $0 = "net " rest }
    k = key($0)
    if (!second) { before[k] = $0; next }
    if (before[k] != $0 || $1 ~ /^(cpu|procs)/) { if (k in before) print "1 " before[k]; print "2 " $0 }
    next
  }
  /^[0-9.]+ [0-9.]+$/ { t = $1; if (second) { if (!from2) from2 = t; to2 = t } else { if (!from1) from1 = t; to1 = t }; next }
  {
    open = index($0, "(")
    if (!match($0, /^.*\) /)) next
    end = RLENGTH - 1
    comm = substr($0, open + 1, end - open - 1); gsub(/[^!-~]/, "_", comm)
    split(substr($0, end + 2), f, " ")
    id = $1 " " f[20]
    if (!second) { was[id] = f[12] + f[13]; state[id] = f[1]; next }
    count++; threads += f[18]
    if (f[1] == "Z") zombies++
    ticks = f[12] + f[13] - ((id in was) ? was[id] : 0)
    total += ticks
    if (f[1] == "D" && state[id] != "D") f[1] = "d"
    n++; used[n] = ticks; rss[n] = f[22] + 0; blocked[n] = f[1] == "D" || (f[1] == "T" && state[id] == "T")
    text[n] = "process " id " " comm " " f[1] " " ticks " " f[12] + f[13] " " f[17] " " f[18] " " f[22] " " f[39] " " f[5]
  }
  END {
    print "all processes " count + 0 " threads " threads + 0 " zombies " zombies + 0 " ticks " total + 0
    if (from2) printf "looked %.2f %.2f\n", from2 - to1, to2 - from1
    for (i = 1; i <= n; i++) if (blocked[i] && shown++ < 10) { print text[i]; done[i] = 1 }
    for (round = 0; round < 22; round++) {
      best = 0
      for (i = 1; i <= n; i++) {
        if (done[i]) continue
        if (round < 12 ? used[i] > 0 && (!best || used[i] > used[best]) : rss[i] > 0 && (!best || rss[i] > rss[best])) best = i
      }
      if (best) { print text[best]; done[best] = 1 }
    }
  }')
printf '%s\n' "$out"
set --
for pid in $(printf '%s\n' "$out" | sed -n 's/^process \([0-9]*\) .*/\1/p'); do set -- "$@" "/proc/$pid/cgroup"; done
grep -sHE ':(name=systemd)?:/' "$@" /dev/null | sed 's|^/proc/|cgroup |;s|/cgroup:| |'
exit 0
