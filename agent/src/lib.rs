//! The agent: runs scenarios on real sockets in private namespaces, records them, serves the playground.
//!
//! - [`commands`]: one file for each command of the command line
//! - [`worker`]: the child process in which a run happens; [`worker_process`]: its parent's side
//! - [`many`]: the jitter of this machine, told beside the result of many runs
//! - [`server`]: the playground's files and the channel, on 127.0.0.1
//! - `sys`: the kernel's interface, the only place with `unsafe`

pub mod commands;
pub mod judged;
pub mod many;
pub mod options;
pub mod server;
mod sys;
pub mod worker;
pub mod worker_process;
