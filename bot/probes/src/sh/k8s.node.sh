# One node: what it says of itself, its taints, and whether new pods may come. $1: its name.
out=$(k get node "$1" -o 'go-template={{range .status.conditions}}condition {{.type}} {{.status}} {{.reason}} {{with .message}}{{printf "%.300q" .}}{{end}}
{{end}}{{range .spec.taints}}taint {{.key}} {{.effect}}
{{end}}{{with .spec.unschedulable}}cordoned
{{end}}') || { refused "$out"; exit 0; }
printf '%s\n' "$out" | grep .
exit 0
