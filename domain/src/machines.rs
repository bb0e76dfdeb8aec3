//! machines.
