//! Networks, the web, databases, logs, and all else that people say of a host.

use super::Row;

/// What they are called.
pub(super) const ROWS: &[Row] = &[
    (
        "network",
        "network|networking|net|nic|link|interface|ethernet",
        "网络|网卡|链路|接口|网口",
    ),
    (
        "packetloss",
        "packet loss|packets lost|dropped packets|drops|lossy|drop",
        "丢包|掉包",
    ),
    (
        "connect",
        "connect|connection|connections|reach",
        "连接|连上|连接数|建连|链接",
    ),
    (
        "cannotconnect",
        "cannot connect|unable to connect|could not connect|unreachable|not reachable|no connection|host unreachable",
        "连不上|连接不上|无法连接|连接失败|不通|连不通|访问不了|不可达",
    ),
    (
        "refuse",
        "refuse|refused|econnrefused|reject|rejected|denied",
        "拒绝|被拒|拒绝连接",
    ),
    (
        "reset",
        "reset|econnreset|reset by peer|broken pipe",
        "重置|被重置|断开|连接重置",
    ),
    (
        "disconnect",
        "disconnect|disconnected|dropping|drops out",
        "断线|掉线|断开|断连|断了",
    ),
    ("port", "port|ports|listen port", "端口"),
    (
        "inuse",
        "in use|already in use|taken|occupied|eaddrinuse|held by|conflict",
        "占用|被占|被占用|冲突|抢占|占了",
    ),
    ("listen", "listen|listening|bind", "监听|绑定"),
    ("address", "address|ip|ip address|eaddrnotavail", "地址"),
    (
        "firewall",
        "firewall|iptables|nftables|ufw|firewalld|blocked",
        "防火墙|封了|拦截|阻断|挡住|屏蔽",
    ),
    (
        "route",
        "route|routing|gateway|default route",
        "路由|网关|默认路由",
    ),
    (
        "dns",
        "dns|name resolution|resolve|resolver|resolv.conf|nxdomain|servfail|nameserver|name server|temporary failure in name resolution|hostname lookup",
        "域名解析|解析|域名|解析不了|解析失败|域名服务器",
    ),
    (
        "conntrack",
        "conntrack|connection tracking|nf_conntrack",
        "连接跟踪",
    ),
    (
        "backlog",
        "backlog|syn queue|listen queue|somaxconn|overflow",
        "队列|半连接|溢出|积压",
    ),
    (
        "ephemeral",
        "ephemeral port|ephemeral ports|local port range|time_wait|outgoing connections",
        "临时端口|本地端口|外发连接",
    ),
    (
        "bandwidth",
        "bandwidth|throughput|traffic",
        "带宽|流量|吞吐",
    ),
    ("mtu", "mtu|fragmentation", "分片"),
    (
        "proxy",
        "proxy|reverse proxy|load balancer|haproxy|upstream|lb|balancer",
        "代理|反向代理|负载均衡|上游|后端",
    ),
    ("vpn", "vpn|tunnel|wireguard", "隧道"),
    ("ssh", "ssh|sshd|remote login", "远程登录"),
    (
        "login",
        "login|log in|logon|sign in|authentication|auth",
        "登录|登陆|登不上|登不进去|认证|登不了",
    ),
    (
        "bruteforce",
        "brute force|brute-force|failed logins|invalid user|attack|intrusion",
        "暴力破解|爆破|攻击|入侵|扫描",
    ),
    ("pam", "pam|nologin", ""),
    (
        "site",
        "site|website|web site|page|webpage|web page|homepage|url",
        "网站|站点|网页|页面|首页|官网",
    ),
    (
        "web",
        "web|http|https|web server|nginx|apache|httpd",
        "网页服务器",
    ),
    (
        "down",
        "down|offline|unavailable|outage|does not open|not loading|not working|does not load|inaccessible|not available",
        "打不开|挂了|宕机|宕了|不可用|访问不了|进不去|不能访问|无法访问|上不去|不能用|用不了",
    ),
    ("badgateway", "502|bad gateway", "网关错误"),
    ("unavailable", "503|service unavailable", "服务不可用"),
    (
        "gatewaytimeout",
        "504|gateway timeout|gateway time-out",
        "网关超时",
    ),
    (
        "servererror",
        "500|internal server error",
        "内部错误|服务器错误",
    ),
    ("forbidden", "403|forbidden", "禁止访问|禁止"),
    ("notfound", "404|page not found", "页面不存在"),
    (
        "toolarge",
        "413|too large|request entity too large|payload|body size",
        "请求体|上传|太大|过大|传不上",
    ),
    (
        "toomany",
        "429|too many requests|rate limit|rate limited|throttle|throttled",
        "限流|请求过多|太频繁",
    ),
    ("upload", "upload|post", "上传"),
    (
        "redirect",
        "redirect|redirection|redirects|rewrite|internal redirection cycle|too many redirects",
        "跳转|重定向|跳来跳去",
    ),
    ("request", "request|requests", "请求"),
    (
        "worker",
        "worker|workers|worker_connections|maxrequestworkers|max_children|php-fpm|child process",
        "工作进程|工作线程|子进程",
    ),
    (
        "certificate",
        "certificate|cert|certs|tls|ssl|x509|ca|chain",
        "证书",
    ),
    (
        "expired",
        "expired|expire|expires|expiry|expiring|outdated|not valid",
        "过期|到期|失效|快到期",
    ),
    (
        "renew",
        "renew|renewal|reissue|certbot|acme|letsencrypt|let's encrypt",
        "续期|续签|更换证书|签发|续",
    ),
    (
        "trust",
        "trust|trusted|untrusted|self-signed|self signed|verify|unknown authority|insecure|unsafe",
        "信任|不受信任|不可信|自签|不安全|验证",
    ),
    (
        "mismatch",
        "mismatch|does not match|not match|wrong",
        "不匹配|不符|对不上|不一致",
    ),
    ("key", "private key|key", "私钥|密钥"),
    (
        "docroot",
        "document root|web root|docroot|documentroot",
        "根目录|站点目录|网站目录",
    ),
    ("browser", "browser|chrome|firefox", "浏览器"),
    ("cache", "cache|cached|caching", "缓存"),
    (
        "database",
        "database|db|mysql|mariadb|postgres|postgresql|sql",
        "数据库|库|主库|从库",
    ),
    ("table", "table|index|schema", "表|索引"),
    (
        "maxconn",
        "too many connections|max_connections|too many clients|connection limit|no free connection slots|remaining connection slots",
        "连接数满|连接数过多|连接太多|连接数上限|连接池|连接打满",
    ),
    ("query", "query|queries|statement", "查询|语句"),
    (
        "lock",
        "lock|locked|deadlock|locking",
        "锁|锁住|死锁|锁定|锁表",
    ),
    (
        "replica",
        "replica|replication|slave|standby|master|primary",
        "主从|从库|复制|同步|备库",
    ),
    ("redis", "redis|valkey|misconf|bgsave|rdb", ""),
    (
        "maxmemory",
        "maxmemory|eviction|evict|used memory",
        "最大内存|淘汰",
    ),
    (
        "accessdenied",
        "access denied|authentication failed|password authentication failed|not authorized|unauthorized|401",
        "访问被拒绝|认证失败|密码错误|未授权|鉴权失败|拒绝访问|登录被拒",
    ),
    ("recovery", "recovery|recover|repair|fsck", "修复|恢复|救援"),
    ("log", "log|logs|logging|syslog|journal|journald", "日志"),
    (
        "rotate",
        "rotate|rotated|rotation|logrotate",
        "轮转|切割|日志切割|归档",
    ),
    (
        "flood",
        "flood|flooding|spam|spamming|endless",
        "刷屏|狂刷|疯狂|刷日志|不停地写|狂写",
    ),
    (
        "clock",
        "clock|time|ntp|chrony|timesyncd|time sync|drift|skew",
        "时间|时钟|对时|时间同步|时间不准|时间不对|校时",
    ),
    (
        "sync",
        "sync|synchronised|synchronized|synchronise|out of sync",
        "同步|不同步",
    ),
    (
        "host",
        "host|server|machine|box|node",
        "主机|服务器|机器|节点",
    ),
    (
        "reboot",
        "reboot|reboot required|rebooted",
        "重启机器|重启服务器|重启主机|开机|重启系统",
    ),
    (
        "rescue",
        "rescue|emergency|single user|maintenance mode",
        "救援模式|维护模式|单用户|紧急模式|维修",
    ),
    ("degraded", "degraded", "降级|异常状态"),
    (
        "hardware",
        "hardware|temperature|overheating|fan|power supply",
        "硬件|温度|过热|电源|风扇",
    ),
    (
        "monitor",
        "monitor|monitoring|alert|alarm|alerting",
        "监控|告警|报警",
    ),
    ("cluster", "cluster|quorum|failover", "集群|切换|主备"),
    (
        "queue",
        "mq|kafka|rabbitmq|message queue|message broker",
        "消息队列|消息中间件",
    ),
    ("mail", "mail|email|smtp|postfix|sendmail", "邮件|邮箱|发信"),
    (
        "security",
        "security|vulnerability|cve|exploit",
        "安全|漏洞",
    ),
    ("virus", "virus|malware|miner|mining", "病毒|木马|挖矿"),
    ("data", "data|dataset", "数据"),
    ("language", "python|node|nodejs|ruby|perl|php|java", "语言"),
    (
        "import",
        "import|modulenotfounderror|no module named|cannot find module|require",
        "导入|没有模块|找不到模块|缺模块",
    ),
    ("api", "api|endpoint", "接口"),
    ("number", "number|count|amount", "数量|个数|数目"),
    (
        "many",
        "too many|many|lots of|a lot of",
        "太多|过多|大量|很多|好多",
    ),
    (
        "small",
        "too small|small|few|low",
        "太小|过小|太少|偏小|过少|低",
    ),
    (
        "change",
        "change|changed|modify|modified|edit|edited",
        "改|改了|修改|改动|变更",
    ),
    (
        "wrong",
        "wrong|incorrect|mistake|bad",
        "不对|不正确|错了|有误",
    ),
    (
        "available",
        "available|free|left|remaining",
        "可用|剩余|空闲|剩下",
    ),
    (
        "random",
        "random|intermittent|now and then|sometimes|sporadic",
        "偶尔|时不时|间歇|偶发|时好时坏",
    ),
    (
        "external",
        "external|outside|internet|public",
        "外网|公网|外部|互联网",
    ),
    (
        "internal",
        "internal|inside|intranet|lan",
        "内网|内部|局域网",
    ),
];
