//! What is found of files: gone, refused, with a mode or owner that does not fit.

use super::{Said, said};

/// The sentences.
pub(super) const SAID: &[Said] = &[
    said(
        "file.dangling_link",
        "{unit} needs {wanted}: {path} leads to {target}, which is gone",
        "{unit} 需要 {wanted}：符号链接 {path} 指向的 {target} 已不存在",
    ),
    said(
        "file.dangling_link",
        "{path} leads to {target}, which is gone",
        "符号链接 {path} 指向的 {target} 已不存在",
    ),
    said(
        "file.missing",
        "ReadWritePaths= of {unit} names {path}, which is not there",
        "{unit} 的 ReadWritePaths= 指定的 {path} 不存在",
    ),
    said(
        "file.missing",
        "LoadCredential= of {unit} names {path}, which is not there",
        "{unit} 的 LoadCredential= 指定的 {path} 不存在",
    ),
    said(
        "file.missing",
        "{_service} needs {path}, which is not there",
        "{_service} 需要的 {path} 不存在",
    ),
    said(
        "file.left_behind",
        "{path} was left behind by a process that is gone",
        "{path} 是已消失的进程遗留下来的",
    ),
    said("file.missing", "{path} is not there", "{path} 不存在"),
    said(
        "file.missing",
        "The program {path} is not there",
        "程序 {path} 不存在",
    ),
    said(
        "file.missing",
        "The certificate or key {path} is not there",
        "证书或私钥 {path} 不存在",
    ),
    said(
        "file.missing",
        "{path}, where the database keeps its data, is not there",
        "数据库的数据目录 {path} 不存在",
    ),
    said(
        "file.missing",
        "{path} is named in the unit's own view of the filesystem, but is not there",
        "单元自身的文件系统视图中指定的 {path} 不存在",
    ),
    said(
        "file.missing",
        "Apache cannot make its log {path}: the folder is not there",
        "Apache 无法创建日志 {path}：所在目录不存在",
    ),
    said(
        "file.wrong_owner mysql.data_dir redis.write_refused",
        "{path} belongs to {owner}, but {user} has to use it",
        "{path} 的属主是 {owner}，而用户 {user} 需要使用它",
    ),
    said(
        "file.wrong_mode",
        "{path} has mode {mode}, which keeps {user} out",
        "{path} 的权限为 {mode}，用户 {user} 无法访问",
    ),
    said(
        "file.wrong_mode",
        "{path} has mode {mode}, which is too open to be used",
        "{path} 的权限为 {mode}，过于宽松，程序拒绝使用",
    ),
    said(
        "file.wrong_mode",
        "PostgreSQL refuses its key {path}: others may read it",
        "PostgreSQL 拒绝使用私钥 {path}：其他用户也能读取它",
    ),
    said(
        "file.wrong_mode",
        "{path} is {_kind} with mode {mode}, not the device that swallows everything",
        "{path} 是 {_kind}（权限 {mode}），不是应有的空设备",
    ),
    said(
        "file.wrong_mode",
        "{path} has mode {mode}: only root may write there",
        "{path} 的权限为 {mode}：只有 root 能在其中写入",
    ),
    said(
        "file.wrong_mode",
        "{path} has mode {mode}: anybody may delete what is another's",
        "{path} 的权限为 {mode}：任何人都能删除别人的文件",
    ),
    said(
        "file.wrong_mode",
        "{path} has mode {mode}: nobody but its owner may pass through",
        "{path} 的权限为 {mode}：除属主外谁也不能经过它",
    ),
    said(
        "file.wrong_mode",
        "{path} has mode {mode}: no program knows whose anything is",
        "{path} 的权限为 {mode}：程序都无法得知文件属于谁",
    ),
    said(
        "file.wrong_mode",
        "{path} has mode {mode}: no program knows the groups",
        "{path} 的权限为 {mode}：程序都无法得知有哪些用户组",
    ),
    said(
        "file.wrong_mode",
        "{path} has mode {mode}: programs other than root's do not know localhost",
        "{path} 的权限为 {mode}：非 root 的程序不认识 localhost",
    ),
    said(
        "file.wrong_mode",
        "{path} has mode {mode}: programs other than root's cannot resolve names",
        "{path} 的权限为 {mode}：非 root 的程序无法解析域名",
    ),
    said(
        "file.wrong_mode",
        "{path} has mode {mode}: programs other than root's look names up in the wrong places",
        "{path} 的权限为 {mode}：非 root 的程序会到错误的地方查询名称",
    ),
    said(
        "file.wrong_mode",
        "{path} has mode {mode}: programs other than root's run in another time zone",
        "{path} 的权限为 {mode}：非 root 的程序会使用另一个时区",
    ),
    said(
        "file.wrong_mode",
        "{path} has mode {mode}: programs other than root's start slowly or not at all",
        "{path} 的权限为 {mode}：非 root 的程序启动缓慢，或无法启动",
    ),
    said(
        "file.wrong_mode",
        "{path} has mode {mode}: programs other than root's trust no certificate",
        "{path} 的权限为 {mode}：非 root 的程序不信任任何证书",
    ),
    said(
        "file.wrong_mode",
        "{path} has lost its setuid bit or its owner: nobody becomes root by it",
        "{path} 丢失了 setuid 位或属主不对：谁也无法用它取得 root 权限",
    ),
    said(
        "app.permission_denied",
        "{path} cannot be changed: {_mount} is mounted read-only",
        "{path} 无法修改：{_mount} 以只读方式挂载",
    ),
    said(
        "app.permission_denied",
        "{path} cannot be changed: {_path} is marked immutable",
        "{path} 无法修改：{_path} 设置了 immutable 属性",
    ),
    said(
        "app.permission_denied",
        "{path} is refused to PostgreSQL",
        "PostgreSQL 被拒绝访问 {path}",
    ),
    said(
        "app.permission_denied",
        "{path} is refused to nginx",
        "nginx 被拒绝访问 {path}",
    ),
    said(
        "app.permission_denied",
        "{path} is refused to Apache",
        "Apache 被拒绝访问 {path}",
    ),
    said(
        "app.permission_denied",
        "{path} is refused to {user}",
        "用户 {user} 被拒绝访问 {path}",
    ),
    said(
        "app.permission_denied",
        "{path} is refused",
        "{path} 被拒绝访问",
    ),
    said(
        "app.permission_denied",
        "The program {path} may not be read",
        "程序 {path} 无权读取",
    ),
    said(
        "app.permission_denied",
        "The certificate or key {path} may not be read",
        "证书或私钥 {path} 无权读取",
    ),
    said(
        "app.permission_denied",
        "{path} cannot be written: the filesystem is read-only",
        "{path} 无法写入：文件系统处于只读状态",
    ),
    said(
        "app.permission_denied",
        "{unit} may not listen on port {port}",
        "{unit} 无权监听端口 {port}",
    ),
    said(
        "app.permission_denied",
        "{unit} cannot have its own folder in {path}: {reason}",
        "{unit} 无法在 {path} 中建立自己的目录：{reason}",
    ),
    said(
        "app.permission_denied",
        "Apache may not write its log {path}",
        "Apache 无权写入日志 {path}",
    ),
    said(
        "app.no_space",
        "There is no room for {path}",
        "{path} 没有空间可写",
    ),
    said(
        "app.no_space",
        "{unit} finds no room on a filesystem",
        "{unit} 所写的文件系统没有空间",
    ),
    said(
        "pkg.file_damaged",
        "{path} of package {package} is empty",
        "软件包 {package} 的文件 {path} 是空的",
    ),
    said(
        "pkg.file_damaged",
        "{path} of package {package} is cut short",
        "软件包 {package} 的文件 {path} 被截断",
    ),
    said(
        "pkg.file_damaged",
        "{path} is no program or library any more, as package {package} brought it",
        "{path} 已不是软件包 {package} 提供的程序或库",
    ),
    said(
        "pkg.file_damaged",
        "{path} is not what package {package} brought",
        "{path} 与软件包 {package} 提供的不同",
    ),
    said(
        "security.setuid_unexpected",
        "{path} runs as root, whoever starts it",
        "{path} 无论谁启动都以 root 运行",
    ),
];
