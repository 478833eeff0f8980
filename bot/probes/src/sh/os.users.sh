# Who is logged in.
if command -v who >/dev/null 2>&1; then who 2>/dev/null | head -n 40; else echo 'sickbay: absent: who'; fi
