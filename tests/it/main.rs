//! One binary of stories: they share the link time.
