//! What is found of web servers, languages and programs as such.

use super::{Said, said};

/// Codes of what a service's own check says of its configuration.
const CHECKED: &str = "nginx.config_syntax apache.config_syntax sshd.config_syntax haproxy.config_syntax app.config_syntax";

/// The sentences.
pub(super) const SAID: &[Said] = &[
    said(
        CHECKED,
        "{_name} refuses its own configuration",
        "{_name} 不接受自己的配置",
    ),
    said(
        CHECKED,
        "{_name} refuses {subject}, line {line}: {_message}",
        "{_name} 不接受 {subject} 第 {line} 行：{_message}",
    ),
    said(
        CHECKED,
        "{_name} refuses {subject}: {_message}",
        "{_name} 不接受 {subject}：{_message}",
    ),
    said(
        CHECKED,
        "{_name} does not start: {_said}",
        "{_name} 无法启动：{_said}",
    ),
    said(
        "nginx.config_syntax",
        "nginx cannot use {path}, line {line}: {_message}",
        "nginx 无法使用 {path} 第 {line} 行：{_message}",
    ),
    said(
        "haproxy.config_syntax",
        "HAProxy cannot use {path}, line {line}: {_message}",
        "HAProxy 无法使用 {path} 第 {line} 行：{_message}",
    ),
    said(
        "sshd.config_syntax",
        "sshd cannot use {path}, line {line}: {_message}",
        "sshd 无法使用 {path} 第 {line} 行：{_message}",
    ),
    said(
        "apache.config_syntax",
        "Apache cannot use {path}, line {line}",
        "Apache 无法使用 {path} 第 {line} 行",
    ),
    said(
        "app.config_syntax",
        "{path} cannot be read by its program: line {line} is not YAML",
        "程序无法读取 {path}：第 {line} 行不是 YAML",
    ),
    said(
        "app.config_syntax",
        "{path} has a line that its program does not understand",
        "{path} 中有一行程序无法识别",
    ),
    said(
        "app.config_syntax",
        "{path}, line {line}: {_message}",
        "{path} 第 {line} 行：{_message}",
    ),
    said(
        "app.config_syntax",
        "{path} cannot be read by its program",
        "程序无法读取 {path}",
    ),
    said(
        "web.root_missing",
        "{_name} is to serve {path}, which is not there",
        "{_name} 的网站根目录 {path} 不存在",
    ),
    said(
        "nginx.upstream_down",
        "nginx cannot reach {host}:{port}, to which it passes requests",
        "nginx 连不上 {host}:{port}，而它要把请求转发到那里",
    ),
    said(
        "nginx.upstream_down",
        "{host}:{port} does not answer nginx in time",
        "{host}:{port} 没有及时响应 nginx",
    ),
    said(
        "nginx.upstream_down",
        "{host}:{port} breaks off before it has answered nginx",
        "{host}:{port} 在回答 nginx 之前就断开了连接",
    ),
    said(
        "nginx.upstream_down",
        "nginx cannot reach {path}, to which it passes requests",
        "nginx 连不上 {path}，而它要把请求转发到那里",
    ),
    said(
        "nginx.upstream_down",
        "None of the servers of {name} answers nginx",
        "{name} 的服务器都没有响应 nginx",
    ),
    said(
        "nginx.worker_connections",
        "nginx has no connection left to give (worker_connections {limit})",
        "nginx 的连接已全部用完（worker_connections {limit}）",
    ),
    said(
        "nginx.request_limit",
        "nginx refuses {request} with {bytes} bytes, more than client_max_body_size allows",
        "nginx 拒绝了 {request}：请求体有 {bytes} 字节，超过 client_max_body_size 的限制",
    ),
    said(
        "nginx.request_limit",
        "nginx answers 502, as the service behind sends headers that do not fit into its buffer",
        "nginx 返回 502：后端服务发来的响应头放不进它的缓冲区",
    ),
    said(
        "nginx.request_limit",
        "nginx turns {what} away by its own limit, zone {zone}",
        "nginx 因自身的限制（zone {zone}）拒绝了部分 {what}",
    ),
    said(
        "nginx.redirect_cycle",
        "nginx answers 500, as its configuration sends {address} round in a circle",
        "nginx 返回 500：它的配置让 {address} 不断循环跳转",
    ),
    said(
        "apache.workers_busy",
        "Apache has no worker left to give (MaxRequestWorkers)",
        "Apache 没有空闲的工作进程（MaxRequestWorkers）",
    ),
    said(
        "php.max_children",
        "PHP pool {pool} has no worker left to give (pm.max_children {limit})",
        "PHP 进程池 {pool} 没有空闲的工作进程（pm.max_children {limit}）",
    ),
    said(
        "php.extension_missing",
        "A PHP extension that {unit} needs is missing",
        "缺少 {unit} 需要的一个 PHP 扩展",
    ),
    said(
        "haproxy.backend_down",
        "HAProxy has no server left for {backend}",
        "HAProxy 的 {backend} 没有可用的服务器",
    ),
    said(
        "python.module_missing",
        "Python module {module} is missing",
        "缺少 Python 模块 {module}",
    ),
    said(
        "node.module_missing",
        "Node module {module} is missing",
        "缺少 Node 模块 {module}",
    ),
    said(
        "perl.module_missing",
        "Perl module {module} is missing",
        "缺少 Perl 模块 {module}",
    ),
    said(
        "ruby.module_missing",
        "A Ruby library that {unit} needs is missing",
        "缺少 {unit} 需要的一个 Ruby 库",
    ),
    said(
        "app.out_of_memory",
        "{unit} uses up the memory that its runtime gives it",
        "{unit} 用完了运行时分给它的内存",
    ),
    said(
        "database.blocked",
        "Connection {connection} of {user} holds others up ({waiting}): its transaction has gone on for {held}",
        "用户 {user} 的连接 {connection} 阻塞了其他语句（{waiting} 条），其事务已持续 {held}",
    ),
    said(
        "app.complains",
        "{unit} says again and again: {_message}",
        "{unit} 反复输出：{_message}",
    ),
    said(
        "app.error",
        "{unit} says: {_message}",
        "{unit} 输出：{_message}",
    ),
    said(
        "app.error",
        "{unit}: its {_step} command ended with exit code {_status}: {_argv}",
        "{unit} 的 {_step} 命令以退出码 {_status} 结束：{_argv}",
    ),
    said(
        "app.wrong_runtime",
        "{unit} was built for a newer Java (class file {built}) than the one that runs it (up to {most})",
        "{unit} 是为更新的 Java 构建的（class 文件 {built}），当前 Java 最高只支持 {most}",
    ),
    said(
        "app.wrong_runtime",
        "A module of {unit} was built for another version of Node.js",
        "{unit} 的某个模块是为另一个 Node.js 版本构建的",
    ),
    said(
        "app.wrong_runtime",
        "The Python extension {path} does not fit the Python that loads it",
        "Python 扩展 {path} 与加载它的 Python 不匹配",
    ),
    said(
        "app.wrong_runtime",
        "{unit} wants the Python package {want}, but {have} is installed",
        "{unit} 需要 Python 包 {want}，但安装的是 {have}",
    ),
    said(
        "app.error",
        "{unit} misses a Python package",
        "{unit} 缺少某个 Python 包",
    ),
    said(
        "java.class_missing",
        "Java class {class} is missing",
        "缺少 Java 类 {class}",
    ),
    said(
        "java.options",
        "Java does not start in {unit}: {reason}",
        "{unit} 的 Java 无法启动：{reason}",
    ),
    said(
        "app.error",
        "rsyslog cannot load its module {module}: what it was to bring or send is missing",
        "rsyslog 无法加载模块 {module}：它本应接收或发送的日志缺失",
    ),
    said(
        "log.not_written",
        "rsyslog cannot write {path}: {reason}",
        "rsyslog 无法写入 {path}：{reason}",
    ),
];
