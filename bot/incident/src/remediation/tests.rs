//! The life of a remediation, one table a rule.
