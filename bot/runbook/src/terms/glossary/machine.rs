//! Disks, memory, processors, services and packages.

use super::Row;

/// What they are called.
pub(super) const ROWS: &[Row] = &[
    (
        "disk",
        "disk|drive|volume|hdd|ssd|partition",
        "磁盘|硬盘|盘|分区|数据盘|系统盘",
    ),
    ("space", "space|room|capacity", "空间|容量"),
    (
        "full",
        "full|used up|filled|fill|exhausted|run out|ran out|out of|no space left|enospc",
        "满|满了|爆满|占满|用完|用光|用尽|耗尽|打满|写满|不够|不足|爆",
    ),
    ("inode", "inode|inodes|small files", "索引节点|小文件"),
    (
        "filesystem",
        "filesystem|file system|fs|ext4|xfs|btrfs",
        "文件系统",
    ),
    (
        "mount",
        "mount|remount|umount|unmount|fstab|mountpoint",
        "挂载|卸载|挂盘|没挂上|挂上",
    ),
    (
        "readonly",
        "read-only|read only|readonly|ro|erofs",
        "只读|写不了|写不进|不能写|无法写入",
    ),
    ("directory", "directory|folder|dir", "目录|文件夹|路径"),
    ("file", "file", "文件"),
    (
        "delete",
        "delete|remove|rm|unlink|erase|purge",
        "删除|删掉|删了|清理|清空|误删",
    ),
    (
        "missing",
        "missing|gone|not found|no such file|enoent|absent|lost|disappeared",
        "不存在|找不到|没了|丢失|缺失|缺少|没有这个文件|不见了",
    ),
    ("rename", "rename|moved|move", "改名|重命名|移动"),
    (
        "link",
        "symlink|symbolic link|soft link",
        "软链|软链接|符号链接",
    ),
    (
        "corrupt",
        "corrupt|corruption|damaged|broken|inconsistent|checksum",
        "损坏|坏了|坏块|坏道|校验|不一致",
    ),
    (
        "ioerror",
        "i/o error|io error|input/output error|bad sector|smart",
        "读写错误|坏道|磁盘错误",
    ),
    (
        "nfs",
        "nfs|network filesystem|cifs|smb|share|stale file handle",
        "网络文件系统|共享目录|网盘",
    ),
    (
        "backup",
        "backup|restore|snapshot|dump",
        "备份|恢复|快照|还原",
    ),
    ("raid", "raid|mdadm|array|lvm", "阵列|磁盘阵列"),
    ("quota", "quota|edquot", "配额"),
    ("write", "write|save", "写|写入|保存|落盘"),
    ("read", "read", "读|读取"),
    (
        "big",
        "big|large|huge|grow|growing|grows",
        "大|变大|暴涨|很大|大文件|增长",
    ),
    ("memory", "memory|ram|mem", "内存"),
    ("swap", "swap|swapping|paging", "交换|交换分区|虚拟内存"),
    (
        "oom",
        "oom|out of memory|oom-killer|oom killer|cannot allocate memory|enomem",
        "内存溢出|内存不足|爆内存|内存爆了|内存泄漏|分配内存",
    ),
    ("leak", "leak|leaking", "泄漏|泄露"),
    ("cpu", "cpu|processor|core|load", "处理器|负载|核"),
    (
        "busy",
        "busy|saturated|overloaded|pegged|high load",
        "忙|繁忙|跑满|打满|飙高|很高|过高|占用高|满载|过载",
    ),
    (
        "slow",
        "slow|slowly|sluggish|lag|laggy|latency|crawl",
        "慢|卡|卡顿|很慢|延迟|变慢|响应慢",
    ),
    ("iowait", "iowait|io wait|disk wait", "等待磁盘"),
    ("process", "process|pid|program|task", "进程|程序|任务"),
    (
        "thread",
        "thread|fork|eagain|resource temporarily unavailable",
        "线程|派生",
    ),
    ("zombie", "zombie|defunct", "僵尸"),
    (
        "hang",
        "hang|hung|stuck|freeze|frozen|unresponsive|blocked",
        "卡住|卡死|挂起|僵死|无响应|没响应|没反应|不动了|假死",
    ),
    (
        "kill",
        "kill|killed|sigkill|sigterm|terminate|terminated",
        "杀|杀掉|杀死|被杀|干掉|终止",
    ),
    ("pause", "pause|stopped by signal|sigstop", "暂停"),
    (
        "limit",
        "limit|limits|maximum|max|cap|ceiling|ulimit",
        "上限|限制|阈值|最大|限额",
    ),
    (
        "fd",
        "file descriptor|file descriptors|fd|open files|too many open files|emfile|nofile|file handles",
        "句柄|文件句柄|文件描述符|打开文件数|打开文件过多|打开的文件太多",
    ),
    ("kernel", "kernel|dmesg|sysctl", "内核"),
    ("module", "module|modprobe|driver", "模块|驱动"),
    (
        "parameter",
        "parameter|tunable|sysctl|option|setting",
        "参数|选项|设置",
    ),
    (
        "service",
        "service|unit|daemon|systemd|systemctl",
        "服务|单元|守护进程|后台",
    ),
    (
        "start",
        "start|boot|launch|starting|come up|bring up",
        "启动|拉起|起来|开启|起服务",
    ),
    (
        "cannotstart",
        "fails to start|failed to start|will not start|cannot start|not starting",
        "启动失败|起不来|启动不了|无法启动|拉不起来",
    ),
    (
        "stop",
        "stop|stopped|inactive|shut down|shutdown|not running",
        "停|停了|停止|停掉|没运行|未运行|没起|没跑",
    ),
    (
        "restart",
        "restart|respawn|reload|bounce",
        "重启|重新启动|重载|重新加载",
    ),
    (
        "loop",
        "loop|over and over|repeatedly|keeps restarting|flapping|crashloop|again and again|cycle",
        "循环|反复|不停|一直重启|不断|死循环",
    ),
    (
        "crash",
        "crash|segfault|segmentation fault|core dump|sigsegv|abort|coredump|panic",
        "崩溃|崩了|段错误|宕掉|核心转储|挂掉|闪退",
    ),
    (
        "exit",
        "exit|exited|quit|exit code|died|dead|die",
        "退出|挂了|死了|退出码",
    ),
    ("fail", "fail|failed|failure|failing", "失败|不成功|未成功"),
    (
        "error",
        "error|exception|fault|traceback",
        "错误|报错|异常|出错|出问题",
    ),
    ("disabled", "disable|disabled|mask|masked", "禁用|屏蔽|关闭"),
    (
        "enabled",
        "enable|enabled|autostart",
        "启用|开机自启|自启动|开机启动",
    ),
    (
        "dependency",
        "dependency|depends|requires|dependent",
        "依赖",
    ),
    (
        "config",
        "config|configuration|conf|settings|directive",
        "配置|配置文件|设置",
    ),
    (
        "syntax",
        "syntax|typo|parse|invalid|unknown directive|unexpected|bad option|unrecognized|unknown variable",
        "语法|写错|格式错误|无效|不认识|无法识别|拼写|配错|改错",
    ),
    (
        "environment",
        "environment|env|environmentfile|variable",
        "环境|环境变量|变量",
    ),
    ("user", "user|account|uid", "用户|账号|账户|帐号"),
    ("group", "group|gid", "用户组|属组"),
    (
        "password",
        "password|passwd|credential|credentials|secret",
        "密码|口令|凭证",
    ),
    (
        "permission",
        "permission|permissions|permission denied|eacces|access rights|chmod|mode|not permitted|eperm",
        "权限|没权限|无权限|权限不足|权限不够|不允许",
    ),
    (
        "owner",
        "owner|ownership|chown|belongs",
        "属主|所有者|归属|所属",
    ),
    (
        "execute",
        "execute|executable|exec|exec format error|203/exec",
        "执行|可执行|运行",
    ),
    (
        "interpreter",
        "interpreter|shebang|bad interpreter",
        "解释器",
    ),
    ("binary", "binary|executable", "二进制|可执行文件|程序文件"),
    (
        "library",
        "library|shared library|shared object|libc",
        "库|动态库|共享库|依赖库",
    ),
    (
        "container",
        "container|docker|podman|pod|containerd",
        "容器|镜像",
    ),
    (
        "job",
        "job|cron|crontab|scheduled|timer|at job",
        "任务|定时|定时任务|计划任务|作业|定时器|脚本没跑",
    ),
    ("script", "script|shell script|bash", "脚本"),
    (
        "timeout",
        "timeout|timed out|time out|time-out|etimedout|deadline",
        "超时",
    ),
    (
        "sandbox",
        "sandbox|hardening|protectsystem|apparmor|selinux|seccomp",
        "沙箱|加固|隔离",
    ),
    ("signal", "signal", "信号"),
    (
        "upgrade",
        "upgrade|update|patch|dist-upgrade",
        "升级|更新|补丁",
    ),
    (
        "install",
        "install|installed|installation|uninstall",
        "安装|装|装了|没装|卸载",
    ),
    (
        "package",
        "package|apt|dpkg|yum|rpm|dnf|deb|repository|mirror",
        "软件包|安装包|包|软件源|仓库|源",
    ),
    ("held", "held|pinned|hold|held back", "锁定|固定版本|保留"),
    ("version", "version|release", "版本"),
    (
        "deploy",
        "deploy|deployment|rollout|publish",
        "部署|发布|上线",
    ),
    ("rollback", "rollback|revert|undo", "回滚|回退|撤销"),
];
