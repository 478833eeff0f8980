//! The clerk: a language model may choose among what it is offered and word sentences that are checked. It decides nothing.
