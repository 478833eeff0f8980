for program in apache2ctl apachectl httpd; do
  if command -v $program >/dev/null 2>&1; then
    wanted apache2.service httpd.service || exit 0
    for folder in /etc/apache2 /etc/httpd; do if [ -d $folder ]; then trusted $folder || exit 0; fi; done
    check $program -t
    exit 0
  fi
done
