//! The agent: runs scenarios on real sockets in private namespaces, records them, serves the playground.
//!
//! - [`commands`]: one file for each command of the command line
//! - [`worker`]: the child process in which a run happens; [`worker_process`]: its parent's side
//! - `sys`: the kernel's interface, the only place with `unsafe`

pub mod commands;
pub mod options;
mod sys;
pub mod worker;
pub mod worker_process;
