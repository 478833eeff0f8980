//! Services: what their own checks and states say.
