//! Units: readers and judgements over what real hosts said.
