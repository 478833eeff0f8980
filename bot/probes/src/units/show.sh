systemctl show --no-pager -p Id -p Description -p LoadState -p ActiveState -p SubState -p Result -p UnitFileState -p FragmentPath -p DropInPaths \
  -p SourcePath -p User -p Group -p Type -p Restart -p RestartUSec -p NRestarts -p StartLimitBurst -p StartLimitIntervalUSec -p TimeoutStartUSec \
  -p WatchdogUSec -p ExecMainCode -p ExecMainStatus -p ExecStart -p ExecStartPre -p ExecCondition -p ExecStartPost -p Requires -p BindsTo -p Requisite -p RequiresMountsFor \
  -p LimitNOFILE -p LimitNOFILESoft -p LimitNPROC -p TasksMax -p MemoryMax -p ProtectSystem -p ReadWritePaths -p StatusText -p MainPID -- "$1" |
  grep -vE '=(|0|no|n/a|success|infinity|\[not set\])$'
echo '-- cat'
systemctl cat --no-pager -- "$1" 2>&1 | head -n 200
