//! Codes of closer looks.

use super::{Named, named};

/// The codes.
pub(super) const CODES: &[Named] = &[named(
    "capture.asked",
    "有人要求深入查看",
    "这本身不是问题：响应者想查看调用栈、系统调用、CPU 剖析、报文或崩溃转储。",
    "批准采集：它不做任何改动，只在几秒内给主机增加一点负担，看到的内容作为证据保存。",
)];
