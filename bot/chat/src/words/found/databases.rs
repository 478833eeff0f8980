//! What is found of databases and caches.

use super::{Said, said};

/// The sentences.
pub(super) const SAID: &[Said] = &[
    said(
        "mysql.too_many_connections",
        "The database server has {used} of {limit} connections in use",
        "数据库服务器已使用 {used} 个连接，上限为 {limit}",
    ),
    said(
        "mysql.too_many_connections",
        "The database server has no connection left to give",
        "数据库服务器的连接已全部用完",
    ),
    said(
        "mysql.data_dir",
        "The database server may not use {file} in its data directory",
        "数据库服务器无权使用数据目录中的 {file}",
    ),
    said(
        "mysql.data_dir",
        "The database server may not use its data directory",
        "数据库服务器无权使用它的数据目录",
    ),
    said(
        "mysql.data_dir",
        "The database server may not use {path}",
        "数据库服务器无权使用 {path}",
    ),
    said(
        "mysql.config",
        "The database server does not know the setting {key}, in {path} line {line}",
        "数据库服务器不认识设置 {key}，位于 {path} 第 {line} 行",
    ),
    said(
        "mysql.config",
        "The database server does not know the setting {key}",
        "数据库服务器不认识设置 {key}",
    ),
    said(
        "mysql.config",
        "The database server refuses {value} for {key}, in {path} line {line}",
        "数据库服务器不接受 {key} 的值 {value}，位于 {path} 第 {line} 行",
    ),
    said(
        "mysql.config",
        "The database server refuses {value} for {key}",
        "数据库服务器不接受 {key} 的值 {value}",
    ),
    said(
        "mysql.buffer_pool",
        "The database server cannot get the memory that innodb_buffer_pool_size asks for",
        "数据库服务器申请不到 innodb_buffer_pool_size 要求的内存",
    ),
    said(
        "mysql.buffer_pool",
        "The database server is told to take {pool_percent} % of the memory for {key}",
        "数据库服务器的 {key} 被设为内存的 {pool_percent} %",
    ),
    said(
        "mysql.corrupt",
        "The database server finds its data damaged",
        "数据库服务器发现自己的数据已损坏",
    ),
    said(
        "mysql.access_denied",
        "The database server refuses user {user} from {host}",
        "数据库服务器拒绝用户 {user} 从 {host} 登录",
    ),
    said(
        "mysql.locked",
        "Another process holds the database files of {unit}",
        "{unit} 的数据库文件被另一个进程占用",
    ),
    said(
        "postgres.too_many_connections",
        "PostgreSQL has {used} of {_room} connections for clients in use",
        "PostgreSQL 供客户端使用的连接已用 {used} 个，共 {_room} 个",
    ),
    said(
        "postgres.too_many_connections",
        "PostgreSQL has no connection left to give",
        "PostgreSQL 的连接已全部用完",
    ),
    said(
        "postgres.shared_memory",
        "PostgreSQL is told to take {pool_percent} % of the memory for {key}",
        "PostgreSQL 的 {key} 被设为内存的 {pool_percent} %",
    ),
    said(
        "postgres.shared_memory",
        "PostgreSQL cannot get the shared memory that it asks for",
        "PostgreSQL 申请不到所要求的共享内存",
    ),
    said(
        "postgres.huge_pages",
        "PostgreSQL insists on huge pages, which the host does not have",
        "PostgreSQL 要求大页内存，而本机没有",
    ),
    said(
        "database.connections",
        "{limit} connections are allowed to a database on {cores} cores",
        "数据库允许 {limit} 个连接，而本机只有 {cores} 个核",
    ),
    said(
        "postgres.config",
        "PostgreSQL refuses {value} for {key}, in {path} line {line}",
        "PostgreSQL 不接受 {key} 的值 {value}，位于 {path} 第 {line} 行",
    ),
    said(
        "postgres.config",
        "PostgreSQL refuses {value} for {key}",
        "PostgreSQL 不接受 {key} 的值 {value}",
    ),
    said(
        "postgres.config",
        "PostgreSQL does not know {key}, in {path} line {line}",
        "PostgreSQL 不认识设置 {key}，位于 {path} 第 {line} 行",
    ),
    said(
        "postgres.config",
        "PostgreSQL cannot read {path}: syntax error in line {line}",
        "PostgreSQL 无法读取 {path}：第 {line} 行有语法错误",
    ),
    said(
        "postgres.config",
        "PostgreSQL cannot use line {line} of {path}",
        "PostgreSQL 无法使用 {path} 的第 {line} 行",
    ),
    said(
        "postgres.config",
        "PostgreSQL cannot use {path}",
        "PostgreSQL 无法使用 {path}",
    ),
    said(
        "postgres.data_dir",
        "PostgreSQL refuses its data directory: {path} is open to others",
        "PostgreSQL 拒绝使用数据目录：{path} 对其他用户开放",
    ),
    said(
        "postgres.data_dir",
        "PostgreSQL refuses its data directory: it belongs to somebody else",
        "PostgreSQL 拒绝使用数据目录：它属于其他用户",
    ),
    said(
        "postgres.corrupt",
        "PostgreSQL finds its data damaged",
        "PostgreSQL 发现自己的数据已损坏",
    ),
    said(
        "postgres.access_denied",
        "PostgreSQL refuses clients that it cannot identify",
        "PostgreSQL 拒绝了无法确认身份的客户端",
    ),
    said(
        "redis.write_refused",
        "Redis may not save into {path}",
        "Redis 无权保存到 {path}",
    ),
    said(
        "redis.write_refused",
        "Redis cannot save its data",
        "Redis 无法保存数据",
    ),
    said(
        "redis.write_refused",
        "Redis could not save its data",
        "Redis 未能保存数据",
    ),
    said(
        "redis.write_refused",
        "Redis could not save its data: {path} belongs to {owner}, but {user} has to use it",
        "Redis 未能保存数据：{path} 的属主是 {owner}，而用户 {user} 需要使用它",
    ),
    said(
        "redis.write_refused",
        "Redis could not save its data: {path} has mode {mode}, which keeps {user} out",
        "Redis 未能保存数据：{path} 的权限为 {mode}，用户 {user} 无法访问",
    ),
    said(
        "redis.write_refused",
        "Redis could not save its data: the filesystem of {path} is full",
        "Redis 未能保存数据：{path} 所在的文件系统已满",
    ),
    said(
        "redis.write_refused",
        "Redis could not save its data: {path} is refused",
        "Redis 未能保存数据：{path} 被拒绝访问",
    ),
    said(
        "redis.write_refused",
        "Redis could not save its data: {_mount} is mounted read-only",
        "Redis 未能保存数据：{_mount} 以只读方式挂载",
    ),
    said(
        "redis.write_refused",
        "Redis could not save its data: {_path} is marked immutable",
        "Redis 未能保存数据：{_path} 设置了 immutable 属性",
    ),
    said(
        "redis.write_refused",
        "Redis refuses every write because it cannot save",
        "Redis 因无法保存而拒绝一切写入",
    ),
    said(
        "redis.write_refused",
        "Redis refuses every write because it cannot save: {path} belongs to {owner}, but {user} has to use it",
        "Redis 因无法保存而拒绝一切写入：{path} 的属主是 {owner}，而用户 {user} 需要使用它",
    ),
    said(
        "redis.write_refused",
        "Redis refuses every write because it cannot save: {path} has mode {mode}, which keeps {user} out",
        "Redis 因无法保存而拒绝一切写入：{path} 的权限为 {mode}，用户 {user} 无法访问",
    ),
    said(
        "redis.write_refused",
        "Redis refuses every write because it cannot save: the filesystem of {path} is full",
        "Redis 因无法保存而拒绝一切写入：{path} 所在的文件系统已满",
    ),
    said(
        "redis.write_refused",
        "Redis refuses every write because it cannot save: {path} is refused",
        "Redis 因无法保存而拒绝一切写入：{path} 被拒绝访问",
    ),
    said(
        "redis.write_refused",
        "Redis refuses every write because it cannot save: {_mount} is mounted read-only",
        "Redis 因无法保存而拒绝一切写入：{_mount} 以只读方式挂载",
    ),
    said(
        "redis.write_refused",
        "Redis refuses every write because it cannot save: {_path} is marked immutable",
        "Redis 因无法保存而拒绝一切写入：{_path} 设置了 immutable 属性",
    ),
    said(
        "redis.maxmemory",
        "Redis refuses writes because its memory limit is reached",
        "Redis 达到内存上限，拒绝写入",
    ),
    said(
        "redis.config",
        "Redis cannot use a line of its configuration: {directive}",
        "Redis 无法使用配置中的一行：{directive}",
    ),
    said(
        "redis.config",
        "Redis cannot read its configuration: line {line}",
        "Redis 无法读取配置：第 {line} 行",
    ),
    said(
        "mysql.plugin_missing",
        "The database server runs without its plugin {library}",
        "数据库服务器运行时缺少插件 {library}",
    ),
    said(
        "postgres.library_missing",
        "PostgreSQL is told to load {library}, which is not there",
        "PostgreSQL 要加载的 {library} 不存在",
    ),
    said(
        "redis.module_missing",
        "Redis cannot load its module {value}, in {path} line {line}",
        "Redis 无法加载模块 {value}，位于 {path} 第 {line} 行",
    ),
    said(
        "redis.module_missing",
        "Redis cannot load its module {value}",
        "Redis 无法加载模块 {value}",
    ),
    said(
        "redis.corrupt",
        "Redis finds its saved data damaged and does not start with it",
        "Redis 发现已保存的数据损坏，拒绝用它启动",
    ),
    said(
        "redis.fork_refused",
        "Redis cannot save: the kernel does not give it the memory for a copy",
        "Redis 无法保存：内核不给它复制所需的内存",
    ),
    said(
        "postgres.data_dir",
        "PostgreSQL finds no database in {path}",
        "PostgreSQL 在 {path} 中找不到数据库",
    ),
    said(
        "app.permission_denied",
        "Redis may not read the data that it saved",
        "Redis 无权读取自己保存的数据",
    ),
    said(
        "app.permission_denied",
        "Redis may not use the folder of its log of writes",
        "Redis 无权使用其写入日志的目录",
    ),
];
