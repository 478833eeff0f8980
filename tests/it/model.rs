//! The model: at the wire, in a diagnosis, against hostile hosts. Nothing here may change what Sickbay decides.

mod highlights;
mod hostile;
mod meaning;
mod real;
mod story;
mod wire;
